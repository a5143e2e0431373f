import { indexToWorld, InvalidArgumentError, toJson } from '@lungseg/core';
import type { Geometry, Transform, Vec3, Volume } from '@lungseg/core';
import { assertSize } from './sample.js';
import type { SpatialTransform } from './spatial-transform.js';
import { arrayLike, bitsOf } from './voxel-arrays.js';

/** Parameters of every crop and pad: which region of a volume of which size. */
export type RegionParams = {
  /** The region's first index; negative where it reaches over the volume's edge. */
  readonly start: Vec3;
  readonly size: Vec3;
  /** The size of the volume before. */
  readonly from: Vec3;
};

/** Options of whatever may reach over a volume's edge. */
export interface FillOptions {
  /** The intensity outside the volume; 0 by default. Labels take 0. For CT in HU, give air: -1024. */
  readonly fill?: number;
}

/**
 * A box out of a volume. Where the box reaches over the volume's edge, it is filled.
 *
 * @param volume any volume
 * @param start the box's first index; may be negative
 * @param size voxels of the box along i, j, k
 * @param options `fill`, the intensity outside
 * @returns voxels of the same type, in the same place in the patient
 * @throws InvalidArgumentError when `start` or `size` is not whole, or `size` is not positive
 */
export function cropRegion<V extends Volume>(
  volume: V,
  start: Vec3,
  size: Vec3,
  options: FillOptions = {},
): V {
  assertRegion(start, size);
  const { geometry } = volume;
  const from = geometry.size;
  const data = arrayLike(volume.data, size[0] * size[1] * size[2]);
  const fill = volume.kind === 'label' ? 0 : (options.fill ?? 0);
  if (fill !== 0) data.fill(fill);
  const source = bitsOf(volume.data);
  const target = bitsOf(data);
  const low = (axis: number): number => Math.max(0, -start[axis]!);
  const high = (axis: number): number => Math.min(size[axis]!, from[axis]! - start[axis]!);
  for (let z = low(2); z < high(2); z++) {
    for (let y = low(1); y < high(1); y++) {
      if (high(0) <= low(0)) continue;
      const row = ((z + start[2]) * from[1] + y + start[1]) * from[0] + start[0];
      target.set(source.subarray(row + low(0), row + high(0)), (z * size[1] + y) * size[0] + low(0));
    }
  }
  return { ...volume, data, geometry: regionGrid(geometry, { start, size }) };
}

/** The grid of a region of a grid. */
export function regionGrid(grid: Geometry, { start, size }: Pick<RegionParams, 'start' | 'size'>): Geometry {
  return { ...grid, size, origin: indexToWorld(grid, start) };
}

/** Options of a crop or pad: how to fill, and whatever tells the region. */
export type RegionOptions = Required<FillOptions> & Readonly<Record<string, unknown>>;

/**
 * What crops and pads do, given the region.
 *
 * @param options all of the transform's options, with their defaults
 */
export function regionTransform(
  name: string,
  options: RegionOptions,
  sampleParams: Transform<RegionParams>['sampleParams'],
): SpatialTransform<RegionParams> {
  return {
    name,
    options: toJson(options),
    sampleParams,
    apply: (volume, params) => applyRegion(volume, params, options),
    invert: (volume, params) => invertRegion(volume, params, options),
    outputGrid: regionGrid,
  };
}

/** {@link cropRegion} by parameters drawn before. */
function applyRegion<V extends Volume>(volume: V, params: RegionParams, options: FillOptions): V {
  assertSize(volume, params.from);
  return cropRegion(volume, params.start, params.size, options);
}

/** Puts a region back where it was; what was cut away is filled. */
function invertRegion<V extends Volume>(volume: V, params: RegionParams, options: FillOptions): V {
  assertSize(volume, params.size);
  const [x, y, z] = params.start;
  return cropRegion(volume, [-x || 0, -y || 0, -z || 0], params.from, options);
}

/** Refuses sizes that are not three positive whole numbers. */
export function assertPositiveSize(size: Vec3, name = 'size'): void {
  if (size.length !== 3 || !size.every((n) => Number.isInteger(n) && n > 0)) {
    throw new InvalidArgumentError(`${name} must be three positive integers. Received: ${String(size)}.`);
  }
}

function assertRegion(start: Vec3, size: Vec3): void {
  assertPositiveSize(size);
  if (start.length !== 3 || !start.every(Number.isInteger)) {
    throw new InvalidArgumentError(`start must be three integers. Received: ${String(start)}.`);
  }
}
