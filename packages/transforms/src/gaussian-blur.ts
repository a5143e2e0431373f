import { toJson, type Transform, type Volume } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { assertAmount, drawAmount, type Amount } from './amount.js';
import type { AxisTaps } from './axis-taps.js';
import { interpolateSeparably } from './resample-separable.js';

/** Options of {@link gaussianBlur}. */
export interface GaussianBlurOptions {
  /** Standard deviation of the kernel in mm, the same along all axes; a range to draw it from, or one number. */
  readonly sigma: Amount;
}

/** Parameters of {@link gaussianBlur}: the standard deviation in mm. */
export type GaussianBlurParams = { readonly sigma: number };

/** Where the kernel is cut off, in standard deviations, as SciPy does. */
const REACH = 4;

/**
 * Blurs intensities with a Gaussian that is as wide along every axis in mm; labels stay as they are. Outside the volume
 * its nearest voxel goes on. There is no inverse: what is blurred away is lost.
 *
 * @param options how much
 * @throws InvalidArgumentError when sigma is negative
 * @see SciPy `ndimage.gaussian_filter(mode='nearest')`
 */
export function gaussianBlur(options: GaussianBlurOptions): Transform<GaussianBlurParams> {
  options = copyOf(options);
  assertAmount('sigma', options.sigma);
  return {
    name: 'gaussianBlur',
    options: toJson({ sigma: options.sigma }),
    sampleParams: (rng) => ({ sigma: drawAmount(rng, options.sigma) }),
    apply: (volume, { sigma }) => blur(volume, sigma),
  };
}

function blur(volume: Volume, sigma: number): Volume {
  if (volume.kind === 'label') return volume;
  const { size, spacing } = volume.geometry;
  const taps = (axis: number): AxisTaps => gaussianTaps(size[axis]!, sigma / spacing[axis]!);
  const data = interpolateSeparably(volume.data, size, size, [taps(0), taps(1), taps(2)], 0);
  return { ...volume, data };
}

/** @param sigma in voxels */
function gaussianTaps(size: number, sigma: number): AxisTaps {
  const radius = Math.floor(REACH * sigma + 0.5);
  const count = 2 * radius + 1;
  const kernel = Float64Array.from({ length: count }, (_, t) =>
    radius === 0 ? 1 : Math.exp(-0.5 * ((t - radius) / sigma) ** 2),
  );
  const sum = kernel.reduce((a, b) => a + b, 0);
  const indices = new Int32Array(size * count);
  const weights = new Float64Array(size * count);
  for (let n = 0; n < size; n++) {
    for (let t = 0; t < count; t++) {
      indices[n * count + t] = Math.min(Math.max(n + t - radius, 0), size - 1);
      weights[n * count + t] = kernel[t]! / sum;
    }
  }
  return { count, indices, weights, borderWeights: null };
}
