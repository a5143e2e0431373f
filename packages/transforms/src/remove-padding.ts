import { cornersOf, InvalidArgumentError, type Vec3, type Volume, type VoxelArray } from '@lungseg/core';
import { connectRuns } from './connected-runs.js';
import type { RegionParams } from './crop-region.js';
import { boundingBox } from './crop-to-foreground.js';
import { GrowingInt32 } from './growing-array.js';
import { checkMaskAndImage } from './mask-field.js';

/** Padding is no denser, in HU: lung without noise, as where something took it away, is no padding. */
const PADDING_HU = -1000;

/**
 * Takes out of a mask what lies in the image's padding: where nobody measured, as outside of the scanner's circle, files
 * have one value up to the corners of the image, of air or less, while air that was measured has noise. So padding is what
 * hangs together with a corner, by faces, through even voxels, whose neighbours by faces all have their value; and
 * these neighbours.
 *
 * @param mask label map; labels over 0 are in it
 * @param image the CT in HU, on the same grid; voxels of any type
 * @param region where the mask lies in the image, for one that was cropped from its grid
 * @returns a mask of the same labels; the mask itself where none of it lies in padding
 * @throws InvalidArgumentError when the mask is no label map or the image is one, or when their grids differ, or
 *   the image's or the mask's size is not the region's
 * @example
 * const lungs = removePadding(mask, ct);
 */
export function removePadding<V extends Volume>(mask: V, image: Volume, region?: RegionParams): V {
  const start = startOf(mask, image, region);
  const values = image.data;
  const { size } = image.geometry;
  const corners = cornersOf(size)
    .map(([x, y, z]) => (z * size[1] + y) * size[0] + x)
    .filter((n) => values[n]! <= PADDING_HU && isEven(values, size, n));
  const box = corners.length === 0 ? undefined : boundingBox(mask, 0);
  if (box === undefined) return mask;
  let clean: V | undefined;
  for (const value of new Set(corners.map((n) => values[n]!))) {
    const suspects = suspectsIn(mask, box, image, start, value);
    if (!mayBePadding(suspects, values, size, corners)) continue;
    const even = evenFromCorners(values, size, value, corners);
    for (const n of suspects) {
      let isPadding = false;
      forEachBeside(n, size, (other) => {
        isPadding ||= even[other] === 1;
      });
      if (!isPadding) continue;
      clean ??= { ...mask, data: mask.data.slice() };
      clean.data[indexInMask(n, mask, size, start)] = 0;
    }
  }
  return clean ?? mask;
}

/** The first voxel of the mask in the image. */
function startOf(mask: Volume, image: Volume, region: RegionParams | undefined): Vec3 {
  if (region === undefined) {
    checkMaskAndImage('removePadding', mask, image);
    return [0, 0, 0];
  }
  const there = { ...mask, geometry: image.geometry };
  checkMaskAndImage('removePadding', there, image);
  const [own, whole] = [mask.geometry.size, image.geometry.size].map((size) => size.join(' x '));
  const isWithin = region.start.every((n, axis) => n >= 0 && n + region.size[axis]! <= region.from[axis]!);
  if (isWithin && region.size.join(' x ') === own && region.from.join(' x ') === whole) return region.start;
  throw new InvalidArgumentError(
    `The region must be of the mask's size within the image's. Received: ${region.size.join(' x ')} within ${region.from.join(' x ')}, a mask of ${own} and an image of ${whole}.`,
  );
}

function indexInMask(n: number, { geometry }: Volume, [nx, ny]: Vec3, start: Vec3): number {
  const [mx, my] = geometry.size;
  const x = n % nx;
  const y = Math.floor(n / nx) % ny;
  const z = Math.floor(n / (nx * ny));
  return ((z - start[2]) * my + y - start[1]) * mx + x - start[0];
}

/** The voxels of the image that are in the mask, within its box, and have this value. */
function suspectsIn(
  { data, geometry: { size } }: Volume,
  [low, high]: readonly [readonly number[], readonly number[]],
  image: Volume,
  start: Vec3,
  value: number,
): Int32Array {
  const [nx, ny] = image.geometry.size;
  const values = image.data;
  const found = new GrowingInt32();
  for (let z = low[2]!; z <= high[2]!; z++) {
    for (let y = low[1]!; y <= high[1]!; y++) {
      const row = (z * size[1] + y) * size[0];
      const rowInImage = ((z + start[2]) * ny + y + start[1]) * nx + start[0];
      for (let x = low[0]!; x <= high[0]!; x++) {
        if (values[rowInImage + x] === value && data[row + x]! > 0) found.push(rowInImage + x);
      }
    }
  }
  return found.view();
}

/** Where there are more even voxels than this, all of the image's are found at once, which takes less time than following them. */
const FEW_VOXELS = 100_000;

/**
 * Whether even voxels that hang together with some of these are many, or hold one of the corners. In most images none are but for
 * specks, where dark lung or a bronchus is clipped.
 */
function mayBePadding(
  suspects: Int32Array,
  values: VoxelArray,
  size: Vec3,
  corners: readonly number[],
): boolean {
  const seen = new Set<number>();
  const region: number[] = [];
  const enter = (n: number): void => {
    if (seen.has(n) || !isEven(values, size, n)) return;
    seen.add(n);
    region.push(n);
  };
  for (const suspect of suspects) {
    region.length = 0;
    forEachBeside(suspect, size, enter);
    for (let next = 0; next < region.length; next++) {
      if (seen.size > FEW_VOXELS || corners.includes(region[next]!)) return true;
      forEachBeside(region[next]!, size, enter);
    }
  }
  return false;
}

/** 1 where a voxel is even, has this value, and hangs together with one of the corners, by faces, through such voxels. */
function evenFromCorners(
  values: VoxelArray,
  size: Vec3,
  value: number,
  corners: readonly number[],
): Uint8Array {
  const even = new Uint8Array(values.length);
  for (let n = 0; n < even.length; n++) if (values[n] === value && isEven(values, size, n)) even[n] = 1;
  const { starts, ends, components } = connectRuns(even, size, 6, 'same-label');
  const atCorners = new Set<number>();
  for (let run = 0; run < starts.length; run++) {
    if (corners.some((n) => n >= starts[run]! && n < ends[run]!)) atCorners.add(components[run]!);
  }
  for (let run = 0; run < starts.length; run++) {
    if (!atCorners.has(components[run]!)) even.fill(0, starts[run], ends[run]);
  }
  return even;
}

/** Whether the neighbours of a voxel by faces have its value; those beyond the image's end count as if they did. */
function isEven(values: VoxelArray, [nx, ny, nz]: Vec3, n: number): boolean {
  const value = values[n];
  const slice = nx * ny;
  const x = n % nx;
  const inSlice = n % slice;
  return (
    (x === 0 || values[n - 1] === value) &&
    (x === nx - 1 || values[n + 1] === value) &&
    (inSlice < nx || values[n - nx] === value) &&
    (inSlice >= slice - nx || values[n + nx] === value) &&
    (n < slice || values[n - slice] === value) &&
    (n >= slice * (nz - 1) || values[n + slice] === value)
  );
}

/** A voxel and its neighbours by faces. */
function forEachBeside(n: number, [nx, ny, nz]: Vec3, act: (n: number) => void): void {
  const slice = nx * ny;
  const x = n % nx;
  const inSlice = n % slice;
  act(n);
  if (x > 0) act(n - 1);
  if (x < nx - 1) act(n + 1);
  if (inSlice >= nx) act(n - nx);
  if (inSlice < slice - nx) act(n + nx);
  if (n >= slice) act(n - slice);
  if (n < slice * (nz - 1)) act(n + slice);
}
