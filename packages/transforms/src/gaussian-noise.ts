import { Rng, toJson, type Transform } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { assertAmount, drawAmount, type Amount } from './amount.js';
import { normalNumbers } from './normal-numbers.js';
import { toFastArray, type FastArray } from './voxel-arrays.js';

/** Options of {@link gaussianNoise}. */
export interface GaussianNoiseOptions {
  /** In the unit of the intensities; a range to draw it from, or one number. */
  readonly standardDeviation: Amount;
}

/** Parameters of {@link gaussianNoise}; the seed makes replaying exact. */
export type GaussianNoiseParams = { readonly standardDeviation: number; readonly seed: number };

/**
 * Adds normally distributed noise to intensities, voxel by voxel; labels stay as they are. Noise has no inverse.
 *
 * @param options how much
 * @throws InvalidArgumentError when the standard deviation is negative
 * @see MONAI `RandGaussianNoise`
 * @example
 * withProbability(0.5, gaussianNoise({ standardDeviation: [0, 40] }));
 */
export function gaussianNoise(options: GaussianNoiseOptions): Transform<GaussianNoiseParams> {
  options = copyOf(options);
  assertAmount('standardDeviation', options.standardDeviation);
  return {
    name: 'gaussianNoise',
    options: toJson({ standardDeviation: options.standardDeviation }),
    sampleParams: (rng) => ({
      standardDeviation: drawAmount(rng, options.standardDeviation),
      seed: rng.uint32(),
    }),
    apply: (volume, { standardDeviation, seed }) => {
      if (volume.kind === 'label') return volume;
      const data = normalNumbers(new Rng(seed), volume.data.length);
      scaleAndAdd(data, standardDeviation, toFastArray(volume.data));
      return { ...volume, data };
    },
  };
}

function scaleAndAdd(noise: Float32Array, factor: number, values: FastArray): void {
  for (let n = 0; n < noise.length; n++) noise[n] = factor * noise[n]! + values[n]!;
}
