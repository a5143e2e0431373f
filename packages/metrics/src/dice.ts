import type { Metric, Volume } from '@lungseg/core';
import { confusionCounts, type ConfusionCounts } from './confusion-counts.js';

/**
 * Dice's coefficient, `2 |P ∩ R| / (|P| + |R|)`: 0 where the masks don't meet, 1 where they are the same.
 *
 * @param prediction label map to judge
 * @param reference label map of the same grid
 * @param label what counts as foreground; any value but 0 by default
 * @returns NaN where the reference has no such voxel, as MONAI does: also when the prediction has some
 * @throws ShapeError when the grids differ
 * @see MONAI `compute_dice` with `ignore_empty=True`; Dice 1945, https://doi.org/10.2307/1932409
 * @example
 * dice(mask, groundTruth); // 0.97
 */
export function dice(prediction: Volume, reference: Volume, label?: number): number {
  return diceOf(confusionCounts(prediction, reference, label));
}

/** {@link dice} from counts. */
export function diceOf({ truePositives, falsePositives, falseNegatives }: ConfusionCounts): number {
  if (truePositives + falseNegatives === 0) return Number.NaN;
  return (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives);
}

/** {@link dice} of all foreground, as a {@link Metric}. */
export const diceMetric: Metric = {
  name: 'dice',
  compute: (prediction, reference) => dice(prediction, reference),
};
