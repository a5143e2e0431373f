import { squaredDistances, type Volume } from '@lungseg/core';
import { isForeground } from './foreground.js';

/**
 * The exact Euclidean distance, in mm, from each voxel's centre to that of the nearest voxel of a label: 0 within it.
 *
 * The time is proportional to the number of voxels, whatever the spacing and the mask.
 *
 * @param labelMap a label map
 * @param label where the distance is 0; any value but 0 by default
 * @returns a volume of intensities on the same grid; Infinity everywhere where no voxel has the label
 * @see Felzenszwalb and Huttenlocher, https://doi.org/10.4086/toc.2012.v008a019
 * @see SciPy's `distance_transform_edt(labelMap != label, sampling=spacing)`, which this equals
 * @example
 * const distance = distanceTransform(lungs);
 * const margin = distance.data.map((mm) => (mm <= 5 ? 1 : 0)); // the lungs with 5 mm around them
 */
export function distanceTransform(labelMap: Volume, label?: number): Volume<Float32Array> {
  const { data, geometry } = labelMap;
  const sources = new Uint8Array(data.length);
  for (let n = 0; n < data.length; n++) sources[n] = isForeground(data[n]!, label) ? 1 : 0;
  const distances = squaredDistances(sources, geometry.size, geometry.spacing);
  const root = Math.sqrt;
  for (let n = 0; n < distances.length; n++) distances[n] = root(distances[n]!);
  return { data: distances, geometry, kind: 'intensity' };
}
