import { InvalidArgumentError, toJson } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { permuteAxes, permuteGeometry, type AxisFlags } from './axes.js';
import type { SpatialTransform } from './spatial-transform.js';

/** Options of {@link flip}. */
export interface FlipOptions {
  /** Which of the axes 0 (i), 1 (j) and 2 (k) to reverse. */
  readonly axes: readonly number[];
}

/** Options of {@link randomFlip}. */
export interface RandomFlipOptions {
  /** How often an axis is reversed, from 0 to 1, for all axes or along i, j, k; each axis is drawn on its own. */
  readonly probability: number | readonly [number, number, number];
}

/** Parameters of {@link flip} and {@link randomFlip}: which axes are reversed. */
export type FlipParams = { readonly flips: AxisFlags };

/**
 * Reverses the order of voxels along axes. The geometry is reversed with it, so that every landmark keeps its place in
 * the patient. It is its own inverse.
 *
 * @param options the axes
 * @throws InvalidArgumentError when an axis is not 0, 1 or 2
 * @see MONAI `Flip`
 */
export function flip(options: FlipOptions): SpatialTransform<FlipParams> {
  if (!options.axes.every((axis) => axis === 0 || axis === 1 || axis === 2)) {
    throw new InvalidArgumentError(`axes must be of 0, 1 and 2. Received: ${String(options.axes)}.`);
  }
  const flips = [0, 1, 2].map((axis) => options.axes.includes(axis)) as unknown as AxisFlags;
  return {
    name: 'flip',
    options: toJson({ axes: options.axes }),
    sampleParams: () => ({ flips }),
    apply: flipBy,
    invert: flipBy,
    outputGrid,
  };
}

/**
 * Reverses each axis with a probability: {@link flip} by chance.
 *
 * @param options the probability
 * @throws InvalidArgumentError when a probability is not in [0, 1]
 * @see MONAI `RandAxisFlip`
 * @example
 * randomFlip({ probability: [0.5, 0.5, 0] });
 */
export function randomFlip(options: RandomFlipOptions): SpatialTransform<FlipParams> {
  options = copyOf(options);
  const { probability: p } = options;
  const probabilities = typeof p === 'number' ? [p, p, p] : p;
  if (probabilities.length !== 3 || !probabilities.every((value) => value >= 0 && value <= 1)) {
    throw new InvalidArgumentError(`probability must be in [0, 1]. Received: ${String(p)}.`);
  }
  return {
    name: 'randomFlip',
    options: toJson({ probability: probabilities }),
    sampleParams: (rng) => ({
      flips: probabilities.map((value) => rng.bernoulli(value)) as unknown as AxisFlags,
    }),
    apply: flipBy,
    invert: flipBy,
    outputGrid,
  };
}

const flipBy: SpatialTransform<FlipParams>['apply'] = (volume, { flips }) =>
  permuteAxes(volume, [0, 1, 2], flips);

const outputGrid: SpatialTransform<FlipParams>['outputGrid'] = (grid, { flips }) =>
  permuteGeometry(grid, [0, 1, 2], flips);
