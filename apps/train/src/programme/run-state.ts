import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJson } from '@lungseg/core';
import { configSchema } from '../config-schema.js';
import type { TrainConfig } from '../config.js';
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

/** Where a run's files and prepared phantoms lie, and how many threads make its samples, makes no other weights. */
const IDLE_KEYS: ReadonlySet<string> = new Set(['output', 'data.phantoms.cache', 'workers']);

/**
 * The keys, as `a.b`, by which a run's own config differs from one that would make other weights.
 *
 * @param folder absolute, of a run that is not new
 */
export function changedKeys(folder: string, config: TrainConfig): string[] {
  const saved: unknown = JSON.parse(readFileSync(join(folder, RUN_FILES.config), 'utf8'));
  // A run of an older version lacks keys that came later, and was made by their defaults.
  const { data = saved } = configSchema.safeParse(saved);
  const [own, wanted] = [flatten(toJson(data)), flatten(toJson(config))];
  const keys = new Set([...own.keys(), ...wanted.keys()]);
  return [...keys].filter((key) => !IDLE_KEYS.has(key) && own.get(key) !== wanted.get(key)).sort();
}

/** Every leaf by its path, as JSON. */
function flatten(value: unknown, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return new Map([[path, JSON.stringify(value)]]);
  }
  return new Map(
    Object.entries(value).flatMap(([key, item]) => [...flatten(item, path === '' ? key : `${path}.${key}`)]),
  );
}
