import { InvalidArgumentError } from '@lungseg/core';
import { percentileOfSorted } from './percentile.js';
import type { DirectedDistances, SurfaceDistances } from './surface-distances.js';

/** Options of {@link hausdorffDistance}. */
export interface HausdorffDistanceOptions {
  /** Which percentile of the distances, above 0 and up to 100; 100 by default, the largest. 95 gives HD95. */
  readonly percentile?: number;
}

/**
 * Hausdorff's distance of two surfaces, in mm: how far one strays from the other at worst, or at a percentile, which
 * few stray voxels don't touch. It is taken each way apart, and the larger counts.
 *
 * Between two voxels' distances a percentile is interpolated, as MONAI does; of surfels it is the smallest distance
 * within which lies that share of the area, as DeepMind's library has it.
 *
 * @param distances from `surfaceDistances`
 * @returns NaN where both masks are empty, Infinity where one is
 * @throws InvalidArgumentError when the percentile isn't above 0 and at most 100
 * @see MONAI `compute_hausdorff_distance`; DeepMind's `compute_robust_hausdorff`
 * @see Huttenlocher et al., https://doi.org/10.1109/34.232073
 * @example
 * hausdorffDistance(surfaceDistances(mask, groundTruth), { percentile: 95 }); // 4.2
 */
export function hausdorffDistance(
  { fromPrediction, fromReference }: SurfaceDistances,
  { percentile = 100 }: HausdorffDistanceOptions = {},
): number {
  if (!(percentile > 0 && percentile <= 100)) {
    throw new InvalidArgumentError(
      `percentile must be above 0 and at most 100. Received: ${percentile}. Leave it out for the largest distance.`,
    );
  }
  const directed = [fromPrediction, fromReference]
    .filter(({ distances }) => distances.length > 0)
    .map((surface) => percentileOf(surface, percentile / 100));
  return directed.length === 0 ? Number.NaN : Math.max(...directed);
}

function percentileOf({ distances, areas }: DirectedDistances, share: number): number {
  if (share === 1) return distances.reduce((a, b) => (b > a ? b : a));
  return areas === null
    ? percentileOfSorted(distances.toSorted(), share)
    : withinArea(distances, areas, share);
}

/** The smallest distance within which lies a share of the area. */
function withinArea(distances: Float32Array, areas: Float32Array, share: number): number {
  const order = Uint32Array.from(distances, (_, n) => n).sort((a, b) => distances[a]! - distances[b]!);
  const total = areas.reduce((a, b) => a + b, 0);
  let area = 0;
  for (const n of order) {
    area += areas[n]!;
    if (area >= share * total) return distances[n]!;
  }
  return distances[order[order.length - 1]!]!;
}
