import type { Rng, Vec3 } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { assertPositiveSize, regionTransform, type FillOptions, type RegionParams } from './crop-region.js';
import { firstVolume } from './sample.js';
import type { SpatialTransform } from './spatial-transform.js';

/** Options of {@link randomCrop}. */
export interface RandomCropOptions extends FillOptions {
  /** Voxels of the crop along i, j, k. */
  readonly size: Vec3;
}

/**
 * Cuts out a box of a given size anywhere inside the volume. Along an axis where the volume is smaller, it is centred
 * in the box and filled around. The inverse puts the box back and fills what was cut away.
 *
 * @param options the size, and what to fill with
 * @throws InvalidArgumentError when the size is not positive and whole
 * @see MONAI `RandSpatialCrop`
 */
export function randomCrop(options: RandomCropOptions): SpatialTransform<RegionParams> {
  options = copyOf(options);
  const { size, fill = 0 } = options;
  assertPositiveSize(size);
  return regionTransform('randomCrop', { size, fill }, (rng, sample) => {
    const from = firstVolume(sample).geometry.size;
    return { start: anyStart(rng, from, size), size, from };
  });
}

/** The first index of a box that lies anywhere inside, or that is centred along axes where the volume is smaller. */
export function anyStart(rng: Rng, from: Vec3, size: Vec3): Vec3 {
  return from.map((n, axis) => {
    // Drawn for each axis, needed or not, so that what is drawn next doesn't hang on the volume's size.
    const place = rng.uniform();
    const room = n - size[axis]!;
    return room < 0 ? centredStart(room) : Math.floor(place * (room + 1));
  }) as unknown as Vec3;
}

/** The first index of a box with its middle at an index, moved to lie inside, or centred where the volume is smaller. */
export function startAround(centre: Vec3, from: Vec3, size: Vec3): Vec3 {
  return from.map((n, axis) => {
    const room = n - size[axis]!;
    if (room < 0) return centredStart(room);
    return Math.min(Math.max(centre[axis]! - Math.floor(size[axis]! / 2), 0), room);
  }) as unknown as Vec3;
}

const centredStart = (room: number): number => -Math.floor(-room / 2) || 0;
