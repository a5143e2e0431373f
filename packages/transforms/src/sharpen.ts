import { toJson, type Transform } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { assertAmount, drawAmount, type Amount } from './amount.js';
import { gaussianBlur } from './gaussian-blur.js';
import { toFastArray, type FastArray } from './voxel-arrays.js';

/** Options of {@link sharpen}. */
export interface SharpenOptions {
  /** Standard deviation, in mm, of the Gaussian whose blur is taken away; a range to draw it from, or one number. */
  readonly sigma: Amount;
  /** How many times the difference is added; a range to draw it from, or one number. 0 changes nothing. */
  readonly amount: Amount;
}

/** Parameters of {@link sharpen}. */
export type SharpenParams = { readonly sigma: number; readonly amount: number };

/**
 * Enhances edges, as a sharp reconstruction kernel does, by an unsharp mask: `v + amount · (v - blurred(v))`. Labels stay
 * as they are. There is no inverse.
 *
 * @param options how much
 * @throws InvalidArgumentError when sigma or amount is negative
 * @see MONAI `GaussianSharpen`
 * @example
 * sharpen({ sigma: [0.5, 1.5], amount: [0, 1] });
 */
export function sharpen(options: SharpenOptions): Transform<SharpenParams> {
  options = copyOf(options);
  assertAmount('amount', options.amount);
  const blur = gaussianBlur({ sigma: options.sigma });
  return {
    name: 'sharpen',
    options: toJson({ sigma: options.sigma, amount: options.amount }),
    sampleParams: (rng, sample) => ({
      ...blur.sampleParams(rng, sample),
      amount: drawAmount(rng, options.amount),
    }),
    apply: (volume, { sigma, amount }) => {
      if (volume.kind === 'label') return volume;
      const blurred = blur.apply(volume, { sigma }).data as Float32Array;
      const data = new Float32Array(blurred.length);
      addDifference(data, toFastArray(volume.data), blurred, amount);
      return { ...volume, data };
    },
  };
}

function addDifference(to: Float32Array, values: FastArray, blurred: Float32Array, amount: number): void {
  for (let n = 0; n < to.length; n++) to[n] = values[n]! + amount * (values[n]! - blurred[n]!);
}
