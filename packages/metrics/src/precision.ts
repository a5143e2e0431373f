import type { Volume } from '@lungseg/core';
import { confusionCounts, type ConfusionCounts } from './confusion-counts.js';

/**
 * Precision, or positive predictive value: the share of the prediction that is right, `|P ∩ R| / |P|`.
 *
 * @param prediction label map to judge
 * @param reference label map of the same grid
 * @param label what counts as foreground; any value but 0 by default
 * @returns NaN where the prediction has no such voxel
 * @throws ShapeError when the grids differ
 * @see MONAI `compute_confusion_matrix_metric("precision", ...)`
 * @example
 * precision(mask, groundTruth); // 0.96
 */
export function precision(prediction: Volume, reference: Volume, label?: number): number {
  return precisionOf(confusionCounts(prediction, reference, label));
}

/** {@link precision} from counts. */
export function precisionOf({ truePositives, falsePositives }: ConfusionCounts): number {
  return truePositives / (truePositives + falsePositives);
}
