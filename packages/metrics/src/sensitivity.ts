import type { Volume } from '@lungseg/core';
import { confusionCounts, type ConfusionCounts } from './confusion-counts.js';

/**
 * Sensitivity, or recall: the share of the reference that the prediction found, `|P ∩ R| / |R|`.
 *
 * @param prediction label map to judge
 * @param reference label map of the same grid
 * @param label what counts as foreground; any value but 0 by default
 * @returns NaN where the reference has no such voxel
 * @throws ShapeError when the grids differ
 * @see MONAI `compute_confusion_matrix_metric("sensitivity", ...)`
 * @example
 * sensitivity(mask, groundTruth); // 0.98
 */
export function sensitivity(prediction: Volume, reference: Volume, label?: number): number {
  return sensitivityOf(confusionCounts(prediction, reference, label));
}

/** {@link sensitivity} from counts. */
export function sensitivityOf({ truePositives, falseNegatives }: ConfusionCounts): number {
  return truePositives / (truePositives + falseNegatives);
}
