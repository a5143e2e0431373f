import type { Volume } from '@lungseg/core';
import { averageSurfaceDistance } from './average-surface-distance.js';
import { confusionCounts } from './confusion-counts.js';
import { diceOf } from './dice.js';
import { hausdorffDistance } from './hausdorff-distance.js';
import { iouOf } from './iou.js';
import { precisionOf } from './precision.js';
import { sensitivityOf } from './sensitivity.js';
import { surfaceDice } from './surface-dice.js';
import { surfaceDistances, type SurfaceDistancesOptions } from './surface-distances.js';
import { volumeDifferenceOf } from './volume-difference.js';
import { voxelMl } from './volume-ml.js';

/**
 * Every measure of a mask against its reference; each function of the same name says when it isn't a number. A type
 * and not an interface, so that a {@link ScoreTable} takes it.
 */
export type SegmentationScores = {
  readonly dice: number;
  readonly iou: number;
  readonly sensitivity: number;
  readonly precision: number;
  /** Largest and 95th percentile of the distances between the surfaces, in mm. */
  readonly hausdorff: number;
  readonly hausdorff95: number;
  /** In mm. */
  readonly averageSurfaceDistance: number;
  /** At the tolerance that was asked for. */
  readonly surfaceDice: number;
  /** Prediction less reference. */
  readonly volumeDifferenceMl: number;
  /** Prediction less reference, over the reference. */
  readonly relativeVolumeDifference: number;
};

/** Options of {@link segmentationScores}. */
export interface SegmentationScoresOptions extends SurfaceDistancesOptions {
  /** Tolerance of surface Dice, in mm; 2 by default. */
  readonly toleranceMm?: number;
}

/**
 * All measures of a mask at once, for the price of one count of voxels and two distance transforms.
 *
 * @param prediction label map to judge
 * @param reference label map of the same grid
 * @throws ShapeError when the grids differ
 * @throws InvalidArgumentError when the tolerance is negative or not finite
 * @example
 * segmentationScores(mask, groundTruth, { label: 1, toleranceMm: 2 }).hausdorff95; // 4.2
 */
export function segmentationScores(
  prediction: Volume,
  reference: Volume,
  { toleranceMm = 2, ...options }: SegmentationScoresOptions = {},
): SegmentationScores {
  const counts = confusionCounts(prediction, reference, options.label);
  const distances = surfaceDistances(prediction, reference, options);
  const difference = volumeDifferenceOf(counts, voxelMl(reference.geometry));
  return {
    dice: diceOf(counts),
    iou: iouOf(counts),
    sensitivity: sensitivityOf(counts),
    precision: precisionOf(counts),
    hausdorff: hausdorffDistance(distances),
    hausdorff95: hausdorffDistance(distances, { percentile: 95 }),
    averageSurfaceDistance: averageSurfaceDistance(distances),
    surfaceDice: surfaceDice(distances, { toleranceMm }),
    volumeDifferenceMl: difference.ml,
    relativeVolumeDifference: difference.relative,
  };
}
