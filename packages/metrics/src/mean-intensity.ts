import type { Volume } from '@lungseg/core';
import { assertSameGrid } from './confusion-counts.js';

/**
 * The mean intensity over a label: of a CT, in HU. Voxels that aren't finite are passed over.
 *
 * @param image intensities
 * @param labelMap label map of the same grid
 * @param label where to look; any value but 0 by default
 * @returns NaN where no voxel has the label
 * @throws ShapeError when the grids differ
 */
export function meanIntensity(image: Volume, labelMap: Volume, label?: number): number {
  assertSameGrid(image, labelMap, 'image', 'label map');
  let sum = 0;
  let count = 0;
  for (let n = 0; n < labelMap.data.length; n++) {
    const value = labelMap.data[n]!;
    if (label === undefined ? value === 0 : value !== label) continue;
    const intensity = image.data[n]!;
    if (!Number.isFinite(intensity)) continue;
    sum += intensity;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}
