import type { Vec3 } from '@lungseg/core';
import { copyOf } from './copy-of.js';
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

/** Options of {@link cropToSize}. */
export interface CropToSizeOptions extends FillOptions {
  /** The greatest number of voxels along i, j, k. */
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
  options = copyOf(options);
  const { start, size, fill = 0 } = options;
  assertPositiveSize(size);
  return regionTransform('crop', { start, size, fill }, (_rng, sample) => ({
    start,
    size,
    from: firstVolume(sample).geometry.size,
  }));
}

/**
 * Cuts a volume to at most a size, about its middle; an axis that is shorter stays as it is. With `padToSize` before or
 * after, the result has that size. The inverse puts the box back and fills what was cut away.
 *
 * @param options the size, and what the inverse fills with
 * @throws InvalidArgumentError when the size is not positive and whole
 * @see MONAI `CenterSpatialCrop`, whose middle is kept
 * @example
 * compose([cropToSize({ size: [256, 256, 64] }), padToSize({ size: [256, 256, 64], fill: -1024 })]);
 */
export function cropToSize(options: CropToSizeOptions): SpatialTransform<RegionParams> {
  options = copyOf(options);
  const { size: most, fill = 0 } = options;
  assertPositiveSize(most);
  return regionTransform('cropToSize', { size: most, fill }, (_rng, sample) => {
    const from = firstVolume(sample).geometry.size;
    const along = (axis: number): { start: number; size: number } => {
      const size = Math.min(from[axis]!, most[axis]!);
      return { start: Math.floor(from[axis]! / 2) - Math.floor(size / 2), size };
    };
    const [i, j, k] = [along(0), along(1), along(2)];
    return { start: [i.start, j.start, k.start], size: [i.size, j.size, k.size], from };
  });
}
