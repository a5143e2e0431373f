import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from '@lungseg/core';
import type { TrainConfig } from './config.js';
import { RUN_FILES } from './records/run-records.js';

/**
 * Checks that a run goes on with the network that it began with, as its folder tells; where that tells nothing, the
 * checkpoint's weights will.
 *
 * @param folder the run's
 * @throws InvalidArgumentError when they differ; the text names each key
 */
export function checkResumedNetwork({ network }: TrainConfig, folder: string): void {
  const before = networkBefore(folder);
  const differing = Object.entries(network).filter(
    ([key, value]) => before[key] !== undefined && JSON.stringify(before[key]) !== JSON.stringify(value),
  );
  if (differing.length === 0) return;
  const texts = differing.map(
    ([key, value]) =>
      `network.${key} must be ${JSON.stringify(before[key])}, as in the run so far. Received: ${JSON.stringify(value)}.`,
  );
  throw new InvalidArgumentError(
    `${texts.join(' ')} Resume ${folder} with the network that it began with, or train another in a folder of its own by --set output=FOLDER.`,
  );
}

function networkBefore(folder: string): Readonly<Record<string, unknown>> {
  try {
    const config = JSON.parse(readFileSync(join(folder, RUN_FILES.config), 'utf8')) as Partial<TrainConfig>;
    return config.network ?? {};
  } catch {
    return {};
  }
}
