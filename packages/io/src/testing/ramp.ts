import { type Vec3, type Volume, indexToWorld, type Geometry } from '@lungseg/core';

/** HU that change evenly through the patient, so that linear interpolation gives them back wherever it is right. */
export function rampAt([x, y, z]: Vec3): number {
  return -300 + 20 * x - 15 * y + 12 * z;
}

/** The largest difference from the ramp, in HU, over the voxels that `isInside` keeps. */
export function furthestFromRamp(
  { data, geometry }: Volume,
  isInside: (i: number, j: number, k: number) => boolean = () => true,
): number {
  let furthest = 0;
  forEachVoxel(geometry, (i, j, k, n) => {
    if (!isInside(i, j, k)) return;
    furthest = Math.max(furthest, Math.abs(data[n]! - rampAt(indexToWorld(geometry, [i, j, k]))));
  });
  return furthest;
}

/** Calls back for each voxel, i fastest, with its index and its place in the data. */
export function forEachVoxel(
  { size: [x, y, z] }: Pick<Geometry, 'size'>,
  action: (i: number, j: number, k: number, n: number) => void,
): void {
  for (let k = 0, n = 0; k < z; k++)
    for (let j = 0; j < y; j++) for (let i = 0; i < x; i++, n++) action(i, j, k, n);
}
