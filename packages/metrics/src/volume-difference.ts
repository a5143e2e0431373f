import type { Volume } from '@lungseg/core';
import { confusionCounts, type ConfusionCounts } from './confusion-counts.js';
import { voxelMl } from './volume-ml.js';

/** How the volume of a prediction differs from the reference's: above 0 where it is larger. */
export interface VolumeDifference {
  /** `|P| - |R|`, in millilitres. */
  readonly ml: number;
  /** `(|P| - |R|) / |R|`; NaN where the reference has no such voxel. */
  readonly relative: number;
}

/**
 * How much larger, or smaller, a prediction is than the reference.
 *
 * @param prediction label map to judge
 * @param reference label map of the same grid
 * @param label what counts as foreground; any value but 0 by default
 * @throws ShapeError when the grids differ
 * @example
 * volumeDifference(mask, groundTruth); // { ml: -42.5, relative: -0.011 }
 */
export function volumeDifference(prediction: Volume, reference: Volume, label?: number): VolumeDifference {
  const counts = confusionCounts(prediction, reference, label);
  return volumeDifferenceOf(counts, voxelMl(reference.geometry));
}

/** {@link volumeDifference} from counts and the volume of a voxel, in millilitres. */
export function volumeDifferenceOf(counts: ConfusionCounts, mlOfVoxel: number): VolumeDifference {
  const { truePositives, falsePositives, falseNegatives } = counts;
  const present = truePositives + falseNegatives;
  const voxels = falsePositives - falseNegatives;
  return { ml: voxels * mlOfVoxel, relative: present === 0 ? Number.NaN : voxels / present };
}
