import type { Vec3 } from '@lungseg/core';
import { assertPositiveSize, regionTransform, type FillOptions, type RegionParams } from './crop-region.js';
import { firstVolume } from './sample.js';
import type { SpatialTransform } from './spatial-transform.js';

/** Options of {@link crop}. */
export interface CropOptions extends FillOptions {
  /** The first index along i, j, k; may be negative. */
  readonly start: Vec3;
  /** Voxels along i, j, k. */
  readonly size: Vec3;
}

/**
 * Cuts out a box, filled where it reaches over the edge. The inverse puts it back and fills what was cut away.
 *
 * @param options the box
 * @throws InvalidArgumentError when the size is not positive and whole
 * @see MONAI `SpatialCrop`
 * @example
 * crop({ start: [0, 0, 10], size: [512, 512, 80] });
 */
export function crop(options: CropOptions): SpatialTransform<RegionParams> {
  const { start, size } = options;
  assertPositiveSize(size);
  return regionTransform('crop', options, (_rng, sample) => ({
    start,
    size,
    from: firstVolume(sample).geometry.size,
  }));
}
