import type { Vec3 } from '@lungseg/core';

/** mm along x, y, z. */
const BEYOND_MM: Vec3 = [24, 24, 48];

/**
 * How many voxels a scan goes on at each side before the network sees it, each as its nearest voxel is: a lung that the
 * scan cuts doesn't end there.
 *
 * @param spacing of the network's grid, in mm along x, y, z
 * @returns for 24 mm in the plane of axial slices and 48 mm across them, rounded up
 */
export function voxelsBeyondEdges(spacing: Vec3): Vec3 {
  return spacing.map((mm, axis) => Math.ceil(BEYOND_MM[axis]! / mm)) as unknown as Vec3;
}
