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
 * @throws InvalidArgumentError when there is no case at all, or patients that are drawn have no weight over 0
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
  const weights = caseWeights(
    config,
    real.map(({ name }) => name),
    phantoms.length,
  );
  return (index) => {
    const rng = new Rng((Math.imul(config.seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca77)) >>> 0);
    const fromPhantoms =
      phantoms.length > 0 && (real.length === 0 || rng.bernoulli(config.data.phantoms.share));
    const { name, sample } = fromPhantoms ? rng.choice(phantoms) : weighted(rng, real, weights);
    return { name, job: { state: rng.state, sample } };
  };
}

/**
 * How often each case is drawn, relative to the others.
 *
 * @param names by which a config's weights call the cases
 * @param phantoms how many there are beside them
 * @throws InvalidArgumentError when cases are drawn and none has a weight over 0
 */
export function caseWeights(
  { data }: Pick<TrainConfig, 'data'>,
  names: readonly string[],
  phantoms: number,
): number[] {
  const weights = names.map((name) => data.weights[name] ?? 1);
  const isDrawn = names.length > 0 && (phantoms === 0 || data.phantoms.share < 1);
  if (isDrawn && weights.every((weight) => weight === 0)) {
    throw new InvalidArgumentError(
      `data.weights must leave a case for training a weight over 0. Received 0 for all: ${names.join(', ')}. Raise one, or leave them out of the datalist.`,
    );
  }
  return weights;
}

function weighted(rng: Rng, cases: readonly PreparedCase[], weights: readonly number[]): PreparedCase {
  let rest = rng.uniform(
    0,
    weights.reduce((a, b) => a + b, 0),
  );
  const found = weights.findIndex((weight) => (rest -= weight) < 0);
  // Rounding may leave a rest after the last.
  return cases[found >= 0 ? found : weights.findLastIndex((weight) => weight > 0)]!;
}
