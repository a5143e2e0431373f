import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseMetricsLine } from '../records/metrics-file.js';
import { RUN_FILES } from '../records/run-records.js';

/** How far a run has come: not begun, begun and to be resumed, or at its end. */
export type RunState = 'new' | 'unfinished' | 'finished';

/**
 * Looks at a run's folder.
 *
 * @param folder absolute
 */
export function runState(folder: string): RunState {
  const metrics = join(folder, RUN_FILES.metrics);
  const lines = existsSync(metrics) ? readFileSync(metrics, 'utf8').trim().split('\n') : [];
  if (parseMetricsLine(lines.at(-1) ?? '')?.type === 'done') return 'finished';
  return existsSync(join(folder, 'last.safetensors')) ? 'unfinished' : 'new';
}
