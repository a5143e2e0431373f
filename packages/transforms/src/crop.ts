import type { Transform, Vec3 } from '@lungseg/core';
import {
  applyRegion,
  assertPositiveSize,
  invertRegion,
  type FillOptions,
  type RegionParams,
} from './crop-region.js';
import { firstVolume } from './sample.js';

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
export function crop(options: CropOptions): Transform<RegionParams> {
  const { start, size } = options;
  assertPositiveSize(size);
  return {
    name: 'crop',
    sampleParams: (_rng, sample) => ({ start, size, from: firstVolume(sample).geometry.size }),
    apply: (volume, params) => applyRegion(volume, params, options),
    invert: (volume, params) => invertRegion(volume, params, options),
  };
}
