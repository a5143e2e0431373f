import type { SurfaceDistances } from './surface-distances.js';

/**
 * The average symmetric distance of two surfaces, in mm: the mean over the elements of both, each to the other surface.
 * Surfels count by their area.
 *
 * @param distances from `surfaceDistances`
 * @returns NaN where both masks are empty, Infinity where one is
 * @see MONAI `compute_average_surface_distance` with `symmetric=True`
 * @example
 * averageSurfaceDistance(surfaceDistances(mask, groundTruth)); // 0.8
 */
export function averageSurfaceDistance({ fromPrediction, fromReference }: SurfaceDistances): number {
  let sum = 0;
  let area = 0;
  for (const { distances, areas } of [fromPrediction, fromReference]) {
    for (let n = 0; n < distances.length; n++) {
      const weight = areas === null ? 1 : areas[n]!;
      sum += weight * distances[n]!;
      area += weight;
    }
  }
  return area === 0 ? Number.NaN : sum / area;
}
