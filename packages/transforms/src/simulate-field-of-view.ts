import { toJson, type Transform, type Vec3 } from '@lungseg/core';
import { assertAmountOver, drawAmount, type Amount } from './amount.js';
import { copyOf } from './copy-of.js';
import { cropRegion, invertRegion, type FillOptions, type RegionParams } from './crop-region.js';
import { assertSize, firstVolume } from './sample.js';

/** Options of {@link simulateFieldOfView}. */
export interface SimulateFieldOfViewOptions extends FillOptions {
  /**
   * The share of the volume's extent that was scanned, over 0 and up to 1, for all axes or along i, j, k; each axis is
   * drawn on its own from its range.
   */
  readonly share: Amount | readonly [Amount, Amount, Amount];
}

/**
 * Makes a volume look as if the scan had covered a part of it alone, a box at a random place: other intensities
 * become `fill`, other labels 0; with `clamp`, both go on with the nearest voxel of the box. The grid stays. There is
 * no inverse: what was not scanned is lost.
 *
 * @param options how much is scanned
 * @throws InvalidArgumentError when a share is not over 0 and up to 1
 * @see MONAI `RandCoarseDropout` with `dropout_holes=False`, which leaves labels alone
 * @example
 * simulateFieldOfView({ share: [[0.5, 1], [0.5, 1], [0.2, 1]], fill: -1024 });
 */
export function simulateFieldOfView(options: SimulateFieldOfViewOptions): Transform<RegionParams> {
  options = copyOf(options);
  const { share, fill = 0 } = options;
  const shares = typeof share === 'number' || share.length === 2 ? [share, share, share] : share;
  for (const amount of shares) assertAmountOver('share', amount, 0, 1);
  return {
    name: 'simulateFieldOfView',
    options: toJson({ share: shares, fill }),
    sampleParams: (rng, sample) => {
      const from = firstVolume(sample).geometry.size;
      const size = from.map((n, axis) => Math.max(1, Math.round(n * drawAmount(rng, shares[axis]!))));
      const start = size.map((n, axis) => rng.integer(0, from[axis]! - n + 1));
      return { start: start as unknown as Vec3, size: size as unknown as Vec3, from };
    },
    apply: (volume, params) => {
      assertSize(volume, params.from);
      return invertRegion(cropRegion(volume, params.start, params.size), params, { fill });
    },
  };
}
