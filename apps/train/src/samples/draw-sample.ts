import { InvalidArgumentError, Rng, type RngState, type Sample } from '@lungseg/core';
import type { TrainConfig } from '../config.js';
import type { RunCases } from '../load-cases.js';
import type { PreparedCase } from '../prepare-case.js';

/** A sample to be made: all that a thread needs for it beside the config. */
export interface SampleJob {
  /** Of the generator that crop and augmentation draw from. */
  readonly state: RngState;
  /** The prepared case; its voxels are shared by all threads. */
  readonly sample: Sample;
}

/** A {@link SampleJob} and the case that it is of. */
export interface DrawnSample {
  readonly name: string;
  readonly job: SampleJob;
}

/**
 * Draws the case of each sample: from the seed and the sample's number alone, so that a resumed run goes on with the
 * samples it would have had.
 *
 * @param config with the share of phantoms where there are patients, too, and the weights of patients
 * @throws InvalidArgumentError when there is no case at all
 */
export function drawSamples(
  config: TrainConfig,
  { real, phantoms }: Pick<RunCases, 'real' | 'phantoms'>,
): (index: number) => DrawnSample {
  if (real.length + phantoms.length === 0) {
    throw new InvalidArgumentError(
      'There is nothing to train on. Give data.datalist or data.phantoms.count in the config.',
    );
  }
  const weights = real.map(({ name }) => config.data.weights[name] ?? 1);
  return (index) => {
    const rng = new Rng((Math.imul(config.seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca77)) >>> 0);
    const fromPhantoms =
      phantoms.length > 0 && (real.length === 0 || rng.bernoulli(config.data.phantoms.share));
    const { name, sample } = fromPhantoms ? rng.choice(phantoms) : weighted(rng, real, weights);
    return { name, job: { state: rng.state, sample } };
  };
}

function weighted(rng: Rng, cases: readonly PreparedCase[], weights: readonly number[]): PreparedCase {
  let rest = rng.uniform(
    0,
    weights.reduce((a, b) => a + b, 0),
  );
  return cases.find((_, index) => (rest -= weights[index]!) < 0) ?? cases[cases.length - 1]!;
}
