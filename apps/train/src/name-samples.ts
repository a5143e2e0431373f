import type { Sample } from '@lungseg/core';
import type { TrainConfig } from './config.js';
import type { RunCases } from './load-cases.js';
import type { PreparedCase } from './prepare-case.js';
import { trainingSamples } from './training-samples.js';

/** Samples by their number, and the case that each came from. */
export interface NamedSamples {
  readonly sampleAt: (index: number) => Promise<Sample>;
  /** Undefined for a sample that was not asked for of late. */
  readonly nameOfSample: (index: number) => string | undefined;
}

/** The samples of {@link trainingSamples}, with the names of their cases, so that an error can say which it was. */
export function nameSamples(config: TrainConfig, { real, phantoms }: RunCases): NamedSamples {
  const names = new Map<number, string>();
  let current = -1;
  const watched = (cases: readonly PreparedCase[]): PreparedCase[] =>
    cases.map(({ name, sample }) => ({
      name,
      get sample() {
        names.set(current, name);
        return sample;
      },
    }));
  const samples = trainingSamples(config, watched(real), watched(phantoms));
  const kept = 2 * config.optimizer.samplesPerStep;
  return {
    sampleAt: (index) => {
      current = index;
      names.delete(index - kept);
      return samples(index);
    },
    nameOfSample: (index) => names.get(index),
  };
}
