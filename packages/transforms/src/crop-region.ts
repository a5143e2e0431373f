import { indexToWorld, InvalidArgumentError, toJson } from '@lungseg/core';
import type { Geometry, Transform, Vec3, Volume, VoxelArray } from '@lungseg/core';
import { assertCanHold } from './fill-value.js';
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

/** What lies outside a volume: a value, or its nearest voxel. */
export type Fill = number | 'clamp';

/** Options of whatever may reach over a volume's edge. */
export interface FillOptions {
  /**
   * The intensity outside the volume; 0 by default. Labels take 0. For CT in HU, give air: -1024; or `clamp`, which
   * goes on with the nearest voxel, of intensities and of labels, as a patient goes on where a scan ends.
   */
  readonly fill?: Fill;
}

/**
 * A box out of a volume. Where the box reaches over the volume's edge, it is filled.
 *
 * @param volume any volume
 * @param start the box's first index; may be negative
 * @param size voxels of the box along i, j, k
 * @param options `fill`, what lies outside
 * @returns voxels of the same type, in the same place in the patient
 * @throws InvalidArgumentError when `start` or `size` is not whole, or `size` is not positive; with `clamp`, also
 *   when the box lies wholly outside; when the voxels' type can't hold what they are filled with
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
  const { fill = 0 } = options;
  const source = bitsOf(volume.data);
  const target = bitsOf(data);
  const low = (axis: number): number => Math.max(0, -start[axis]!);
  const high = (axis: number): number => Math.min(size[axis]!, from[axis]! - start[axis]!);
  const isOutside = size.some((n, axis) => low(axis) > 0 || high(axis) < n);
  if (typeof fill === 'number' && fill !== 0 && volume.kind !== 'label' && isOutside) {
    assertCanHold('fill', data, fill);
    data.fill(fill);
  }
  for (let z = low(2); z < high(2); z++) {
    for (let y = low(1); y < high(1); y++) {
      if (high(0) <= low(0)) continue;
      const row = ((z + start[2]) * from[1] + y + start[1]) * from[0] + start[0];
      target.set(source.subarray(row + low(0), row + high(0)), (z * size[1] + y) * size[0] + low(0));
    }
  }
  if (fill === 'clamp') {
    const inside = { low: [low(0), low(1), low(2)], high: [high(0), high(1), high(2)] } as const;
    goOn(target, size, inside);
  }
  return { ...volume, data, geometry: regionGrid(geometry, { start, size }) };
}

/** Fills what lies around a box with the box's nearest voxel: rows first, then slices, then the rest. */
function goOn(
  data: VoxelArray,
  [nx, ny, nz]: Vec3,
  { low, high }: { readonly low: Vec3; readonly high: Vec3 },
): void {
  if (low.some((n, axis) => n >= high[axis]!)) {
    throw new InvalidArgumentError('A region that goes on with the nearest voxel must overlap the volume.');
  }
  for (let z = low[2]; z < high[2]; z++) {
    const slice = z * ny * nx;
    for (let row = slice + low[1] * nx; row < slice + high[1] * nx; row += nx) {
      data.fill(data[row + low[0]]!, row, row + low[0]);
      data.fill(data[row + high[0] - 1]!, row + high[0], row + nx);
    }
    const copyRow = (from: number, to: number): void => {
      data.copyWithin(slice + to * nx, slice + from * nx, slice + (from + 1) * nx);
    };
    for (let y = 0; y < low[1]; y++) copyRow(low[1], y);
    for (let y = high[1]; y < ny; y++) copyRow(high[1] - 1, y);
  }
  const copySlice = (from: number, to: number): void => {
    data.copyWithin(to * ny * nx, from * ny * nx, (from + 1) * ny * nx);
  };
  for (let z = 0; z < low[2]; z++) copySlice(low[2], z);
  for (let z = high[2]; z < nz; z++) copySlice(high[2] - 1, z);
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

/**
 * Puts a region back where it was; what was cut away is filled, what was padded is cut off.
 *
 * @param volume of the region's size
 * @param params where the region lay, and in a volume of which size
 * @param options `fill`, what lies outside
 * @throws InvalidArgumentError when the volume has another size than the region
 */
export function invertRegion<V extends Volume>(
  volume: V,
  params: RegionParams,
  options: FillOptions = {},
): V {
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

/** Refuses margins that are not whole, or negative. */
export function assertMargin(margin: number | Vec3): void {
  const margins = typeof margin === 'number' ? [margin] : margin;
  if (!margins.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new InvalidArgumentError(
      `margin must be integers that are not negative. Received: ${String(margin)}.`,
    );
  }
}

function assertRegion(start: Vec3, size: Vec3): void {
  assertPositiveSize(size);
  if (start.length !== 3 || !start.every(Number.isInteger)) {
    throw new InvalidArgumentError(`start must be three integers. Received: ${String(start)}.`);
  }
}
