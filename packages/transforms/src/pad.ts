import type { Vec3 } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import {
  assertMargin,
  assertPositiveSize,
  regionTransform,
  type FillOptions,
  type RegionOptions,
  type RegionParams,
} from './crop-region.js';
import { firstVolume } from './sample.js';
import type { SpatialTransform } from './spatial-transform.js';

/** Options of {@link padToSize}. */
export interface PadToSizeOptions extends FillOptions {
  /** The least number of voxels along i, j, k. */
  readonly size: Vec3;
}

/** Options of {@link padToMultiple}. */
export interface PadToMultipleOptions extends FillOptions {
  /** What the number of voxels shall be a multiple of, for all axes or along i, j, k. */
  readonly multiple: number | Vec3;
  /** Voxels to add at least on each side, for all axes or along i, j, k; 0 by default. */
  readonly margin?: number | Vec3;
}

/**
 * Pads a volume to at least a size, as much before as after, the odd voxel after. The inverse crops.
 *
 * @param options the size, and what to fill with
 * @throws InvalidArgumentError when the size is not positive and whole
 * @see MONAI `SpatialPad`
 */
export function padToSize(options: PadToSizeOptions): SpatialTransform<RegionParams> {
  options = copyOf(options);
  const { size: least, fill = 0 } = options;
  assertPositiveSize(least);
  return pad('padToSize', { size: least, fill }, (size) =>
    vec3((axis) => Math.max(size[axis]!, least[axis]!)),
  );
}

/**
 * Pads a volume to a multiple, as much before as after, the odd voxel after. The inverse crops.
 *
 * @param options the multiple, the margin, and what to fill with
 * @throws InvalidArgumentError when the multiple is not positive and whole, or the margin negative or not whole
 * @see MONAI `DivisiblePad`
 * @example
 * padToMultiple({ multiple: 32 });
 */
export function padToMultiple(options: PadToMultipleOptions): SpatialTransform<RegionParams> {
  options = copyOf(options);
  const { multiple, margin = 0, fill = 0 } = options;
  const multiples = typeof multiple === 'number' ? vec3(() => multiple) : multiple;
  const margins = typeof margin === 'number' ? vec3(() => margin) : margin;
  assertPositiveSize(multiples, 'multiple');
  assertMargin(margin);
  return pad('padToMultiple', { multiple: multiples, margin: margins, fill }, (size) =>
    vec3((axis) => Math.ceil((size[axis]! + 2 * margins[axis]!) / multiples[axis]!) * multiples[axis]!),
  );
}

function pad(
  name: string,
  options: RegionOptions,
  grow: (size: Vec3) => Vec3,
): SpatialTransform<RegionParams> {
  return regionTransform(name, options, (_rng, sample) => {
    const from = firstVolume(sample).geometry.size;
    const size = grow(from);
    return { start: vec3((axis) => -Math.floor((size[axis]! - from[axis]!) / 2) || 0), size, from };
  });
}

const vec3 = (value: (axis: number) => number): Vec3 => [value(0), value(1), value(2)];
