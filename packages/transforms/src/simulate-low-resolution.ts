import { InvalidArgumentError, toJson, type Transform, type Vec3, type Volume } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { assertAmountOver, drawAmount, endsOf, type Amount } from './amount.js';
import { resampleToGrid } from './resample-to-grid.js';
import { aboutMiddle } from './rotate-geometry.js';

/** Options of {@link simulateLowResolution}. */
export interface SimulateLowResolutionOptions {
  /**
   * How many times coarser the voxels were, 1 or more, for all axes or along i, j, k; each axis is drawn on its own from
   * its range.
   */
  readonly factor: Amount | readonly [Amount, Amount, Amount];
}

/** Parameters of {@link simulateLowResolution}: the factor along i, j, k. */
export type SimulateLowResolutionParams = { readonly factors: Vec3 };

/**
 * Makes intensities look as if they came from coarser voxels: averages onto a coarser grid, and interpolates back. The
 * grid stays, and labels stay as they are. There is no inverse: what the coarser voxels don't show is lost.
 *
 * @param options how much coarser
 * @throws InvalidArgumentError when a factor is under 1
 * @see MONAI `RandSimulateLowResolution`
 * @example
 * simulateLowResolution({ factor: [[1, 2], [1, 2], [1, 3]] });
 */
export function simulateLowResolution(
  options: SimulateLowResolutionOptions,
): Transform<SimulateLowResolutionParams> {
  options = copyOf(options);
  const { factor } = options;
  const factors = typeof factor === 'number' || factor.length === 2 ? [factor, factor, factor] : factor;
  for (const amount of factors) {
    assertAmountOver('factor', amount, 0);
    if (endsOf(amount)[0] < 1) {
      throw new InvalidArgumentError(`factor must be 1 or more. Received: ${String(factor)}.`);
    }
  }
  return {
    name: 'simulateLowResolution',
    options: toJson({ factor: factors }),
    sampleParams: (rng) => ({
      factors: factors.map((amount) => drawAmount(rng, amount)) as unknown as Vec3,
    }),
    apply: (volume, params) => {
      if (volume.kind === 'label') return volume;
      return resampleToGrid(coarsen(volume, params.factors), volume.geometry);
    },
  };
}

/** As many times fewer voxels, over the same stretch from edge to edge. */
function coarsen(volume: Volume, factors: Vec3): Volume {
  const { geometry } = volume;
  const size = geometry.size.map((n, axis) => Math.max(1, Math.round(n / factors[axis]!)));
  const spacing = geometry.spacing.map((mm, axis) => (mm * geometry.size[axis]!) / size[axis]!);
  const coarse = { ...geometry, size: size as unknown as Vec3, spacing: spacing as unknown as Vec3 };
  return resampleToGrid(volume, aboutMiddle(coarse, geometry), { antialias: true });
}
