import type { Volume } from '@lungseg/core';
import { confusionCounts, type ConfusionCounts } from './confusion-counts.js';

/**
 * Intersection over union, or Jaccard's index: `|P ∩ R| / |P ∪ R|`.
 *
 * @param prediction label map to judge
 * @param reference label map of the same grid
 * @param label what counts as foreground; any value but 0 by default
 * @returns NaN where the reference has no such voxel, as MONAI does: also when the prediction has some
 * @throws ShapeError when the grids differ
 * @see MONAI `compute_iou` with `ignore_empty=True`; Jaccard 1912, https://doi.org/10.1111/j.1469-8137.1912.tb05611.x
 * @example
 * iou(mask, groundTruth); // 0.94
 */
export function iou(prediction: Volume, reference: Volume, label?: number): number {
  return iouOf(confusionCounts(prediction, reference, label));
}

/** {@link iou} from counts. */
export function iouOf({ truePositives, falsePositives, falseNegatives }: ConfusionCounts): number {
  if (truePositives + falseNegatives === 0) return Number.NaN;
  return truePositives / (truePositives + falsePositives + falseNegatives);
}
