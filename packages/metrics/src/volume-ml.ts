import type { Geometry, Volume } from '@lungseg/core';

/** The volume of one voxel, in millilitres. */
export function voxelMl(geometry: Geometry): number {
  return (geometry.spacing[0] * geometry.spacing[1] * geometry.spacing[2]) / 1000;
}

/**
 * The volume that a label takes up, in millilitres.
 *
 * @param labelMap label map
 * @param label what to count; any value but 0 by default
 * @example
 * volumeMl(lungs, 1); // 2950.4
 */
export function volumeMl(labelMap: Volume, label?: number): number {
  const { data } = labelMap;
  let voxels = 0;
  for (let n = 0; n < data.length; n++) if (label === undefined ? data[n] !== 0 : data[n] === label) voxels++;
  return voxels * voxelMl(labelMap.geometry);
}
