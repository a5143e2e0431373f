import { InvalidArgumentError, type Vec3 } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { assertPositiveSize, regionTransform, type FillOptions, type RegionParams } from './crop-region.js';
import { volumeOf } from './crop-to-foreground.js';
import { drawVoxelOf } from './draw-voxel-of.js';
import { anyStart, startAround } from './random-crop.js';
import type { SpatialTransform } from './spatial-transform.js';

/** Options of {@link randomCropByLabel}. */
export interface RandomCropByLabelOptions extends FillOptions {
  /** Voxels of the crop along i, j, k. */
  readonly size: Vec3;
  /** How often the crop is laid around a voxel of the label, from 0 to 1; else it lies anywhere. */
  readonly foregroundProbability: number;
  /** The label map in the sample; `label` by default. */
  readonly key?: string;
  /** The label to lay crops around; any but 0 by default. */
  readonly label?: number;
}

/**
 * Cuts out a box of a given size, with a given probability around a voxel of a label, each voxel as likely; else, or
 * where there is no such voxel, anywhere. The box is moved to lie inside; along an axis where the volume is smaller, it
 * is centred in the box and filled around. The inverse puts the box back and fills what was cut away.
 *
 * @param options size and probability
 * @throws InvalidArgumentError when the size is not positive and whole or the probability is not in [0, 1]; by
 *   `sampleParams`, when the sample has no label map
 * @see MONAI `RandCropByPosNegLabel`, which takes the rest around background voxels
 * @example
 * randomCropByLabel({ size: [224, 224, 32], foregroundProbability: 0.75, fill: -1024 });
 */
export function randomCropByLabel(options: RandomCropByLabelOptions): SpatialTransform<RegionParams> {
  options = copyOf(options);
  const { size, foregroundProbability, key = 'label', label, fill = 0 } = options;
  assertPositiveSize(size);
  if (!(foregroundProbability >= 0 && foregroundProbability <= 1)) {
    throw new InvalidArgumentError(
      `foregroundProbability must be in [0, 1]. Received: ${foregroundProbability}.`,
    );
  }
  const settled = { size, foregroundProbability, key, label, fill };
  return regionTransform('randomCropByLabel', settled, (rng, sample) => {
    const map = volumeOf(sample, key);
    const from = map.geometry.size;
    const centre = rng.bernoulli(foregroundProbability) ? drawVoxelOf(rng, map, label) : undefined;
    const start = centre === undefined ? anyStart(rng, from, size) : startAround(centre, from, size);
    return { start, size, from };
  });
}
