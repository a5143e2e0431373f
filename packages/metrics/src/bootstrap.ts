import { InvalidArgumentError, Rng } from '@lungseg/core';
import { percentileOfSorted } from './percentile.js';

/** Options of {@link bootstrapMean}. */
export interface BootstrapOptions {
  /** Draws the samples; one of seed 0 by default. It is left as it is: the same generator gives the same interval. */
  readonly rng?: Rng;
  /** How often to draw; 2000 by default. */
  readonly resamples?: number;
  /** Share of the means within the interval; 0.95 by default. */
  readonly confidence?: number;
}

/** From and to. */
export type Interval = readonly [low: number, high: number];

/**
 * A confidence interval of a mean by the percentile bootstrap: as many values are drawn from the given ones, with
 * replacement, again and again, and the interval holds the middle of their means.
 *
 * @param values one a case; with few of them the interval is too narrow
 * @returns NaN twice for fewer than two values, which say nothing of their spread
 * @throws InvalidArgumentError when resamples isn't a positive integer, or the confidence isn't between 0 and 1
 * @see Efron 1979, https://doi.org/10.1214/aos/1176344552
 * @example
 * bootstrapMean([0.91, 0.95, 0.97, 0.98], { rng: new Rng(1) }); // [0.92, 0.975]
 */
export function bootstrapMean(values: readonly number[], options: BootstrapOptions = {}): Interval {
  const { rng = new Rng(0), resamples = 2000, confidence = 0.95 } = options;
  if (!(Number.isInteger(resamples) && resamples > 0)) {
    throw new InvalidArgumentError(`resamples must be a positive integer. Received: ${resamples}.`);
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new InvalidArgumentError(`confidence must be between 0 and 1. Received: ${confidence}.`);
  }
  const count = values.length;
  if (count < 2) return [Number.NaN, Number.NaN];
  const draws = new Rng(rng.state);
  const means = new Float64Array(resamples);
  for (let sample = 0; sample < resamples; sample++) {
    let sum = 0;
    for (let n = 0; n < count; n++) sum += values[draws.integer(0, count)]!;
    means[sample] = sum / count;
  }
  means.sort();
  const tail = (1 - confidence) / 2;
  return [percentileOfSorted(means, tail), percentileOfSorted(means, 1 - tail)];
}
