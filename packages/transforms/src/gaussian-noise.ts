import { Rng, type Transform } from '@lungseg/core';
import { assertAmount, drawAmount, type Amount } from './amount.js';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link gaussianNoise}. */
export interface GaussianNoiseOptions {
  /** In the unit of the intensities; a range to draw it from, or one number. */
  readonly standardDeviation: Amount;
}

/** Parameters of {@link gaussianNoise}; the seed makes replaying exact. */
export type GaussianNoiseParams = { readonly standardDeviation: number; readonly seed: number };

/**
 * Adds normally distributed noise to intensities, voxel by voxel; labels stay as they are.
 *
 * @param options how much
 * @throws InvalidArgumentError when the standard deviation is negative
 * @see MONAI `RandGaussianNoise`; Marsaglia and Bray 1964, https://doi.org/10.1137/1006063, for the polar method
 */
export function gaussianNoise(options: GaussianNoiseOptions): Transform<GaussianNoiseParams> {
  assertAmount('standardDeviation', options.standardDeviation);
  return {
    name: 'gaussianNoise',
    sampleParams: (rng) => ({
      standardDeviation: drawAmount(rng, options.standardDeviation),
      seed: rng.uint32(),
    }),
    apply: (volume, { standardDeviation, seed }) => {
      if (volume.kind === 'label') return volume;
      const data = new Float32Array(toFastArray(volume.data));
      addNoise(data, standardDeviation, new Rng(seed));
      return { ...volume, data };
    },
  };
}

/** Adds noise in place, two normal numbers at a time. */
function addNoise(data: Float32Array, standardDeviation: number, rng: Rng): void {
  for (let n = 0; n < data.length; n += 2) {
    let u: number, v: number, s: number;
    do {
      u = rng.uniform(-1, 1);
      v = rng.uniform(-1, 1);
      s = u * u + v * v;
    } while (s >= 1 || s === 0);
    const factor = standardDeviation * Math.sqrt((-2 * Math.log(s)) / s);
    data[n]! += u * factor;
    if (n + 1 < data.length) data[n + 1]! += v * factor;
  }
}
