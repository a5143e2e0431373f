import { InvalidArgumentError, type NamedArray, type StateDict } from '@lungseg/core';
import { judgedWeights, type TrainedRun } from '../run-folder.js';

/** Another run that a run's weights are averaged with. */
export interface Mean {
  /** Its folder. */
  readonly run: string;
  /** How much of the mean it is, from 0 to 1. */
  readonly share: number;
}

/**
 * A run whose judged weights are a mean of its own and another's. Weights that were tuned to other data keep more of what
 * they could before when they are averaged with those they began from.
 *
 * @param share of the other's weights in the mean, from 0 to 1
 * @throws InvalidArgumentError when the two are of different networks
 * @see Wortsman et al. 2022, Robust fine-tuning of zero-shot models, https://arxiv.org/abs/2109.01903
 */
export function meanOfRuns(run: TrainedRun, other: TrainedRun, share: number): TrainedRun {
  if (run.checkpoint.network !== other.checkpoint.network) {
    throw new InvalidArgumentError(
      `Runs must be of one network to be averaged: ${run.checkpoint.network}. Received: ${other.checkpoint.network}, of ${other.folder}.`,
    );
  }
  const averaged = meanOf(judgedWeights(run.checkpoint), judgedWeights(other.checkpoint), share);
  return { ...run, checkpoint: { ...run.checkpoint, averaged } };
}

function meanOf(a: StateDict, b: StateDict, share: number): StateDict {
  return new Map([...a].map(([name, array]) => [name, meanOfArrays(array, b.get(name)!, share)]));
}

/** What counts, such as batches seen, stays as it is in the first. */
function meanOfArrays({ shape, data }: NamedArray, { data: other }: NamedArray, share: number): NamedArray {
  if (!(data instanceof Float32Array && other instanceof Float32Array)) return { shape, data };
  return { shape, data: data.map((value, n) => value + share * (other[n]! - value)) };
}
