import { InvalidArgumentError } from '@lungseg/core';
import type { SurfaceDistances } from './surface-distances.js';

/** Distances and tolerances are rounded: a distance that is equal but for that lies within the tolerance. */
const ROUNDING = 1e-6;

/** Options of {@link surfaceDice}. */
export interface SurfaceDiceOptions {
  /** How far apart two surfaces may lie and still agree, in mm. */
  readonly toleranceMm: number;
}

/**
 * Surface Dice, or normalised surface distance (NSD): the share of both surfaces that lies within a tolerance of the
 * other, from 0 to 1.
 *
 * @param distances from `surfaceDistances`: of surfels, shares are of the area; of voxels, of their number
 * @returns NaN where both masks are empty, 0 where one is
 * @throws InvalidArgumentError when the tolerance is negative or not finite
 * @see Nikolov et al., https://arxiv.org/abs/1809.04430; MONAI `compute_surface_dice`
 * @see DeepMind's `compute_surface_dice_at_tolerance`
 * @example
 * surfaceDice(surfaceDistances(mask, groundTruth), { toleranceMm: 2 }); // 0.93
 */
export function surfaceDice(
  { fromPrediction, fromReference }: SurfaceDistances,
  { toleranceMm }: SurfaceDiceOptions,
): number {
  if (!(toleranceMm >= 0 && toleranceMm < Infinity)) {
    throw new InvalidArgumentError(
      `toleranceMm must be a number of mm, 0 or more. Received: ${String(toleranceMm)}.`,
    );
  }
  const limit = toleranceMm * (1 + ROUNDING);
  let within = 0;
  let area = 0;
  for (const { distances, areas } of [fromPrediction, fromReference]) {
    for (let n = 0; n < distances.length; n++) {
      const weight = areas === null ? 1 : areas[n]!;
      area += weight;
      if (distances[n]! <= limit) within += weight;
    }
  }
  return area === 0 ? Number.NaN : within / area;
}
