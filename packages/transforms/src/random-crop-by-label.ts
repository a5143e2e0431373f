import { InvalidArgumentError, type Rng, type Vec3, type Volume, type VoxelArray } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { assertPositiveSize, regionTransform, type FillOptions, type RegionParams } from './crop-region.js';
import { volumeOf } from './crop-to-foreground.js';
import { anyStart, startAround } from './random-crop.js';
import { toFastArray, type FastArray } from './voxel-arrays.js';
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
    const centre = rng.bernoulli(foregroundProbability) ? anyVoxelOf(rng, map, label) : undefined;
    const start = centre === undefined ? anyStart(rng, from, size) : startAround(centre, from, size);
    return { start, size, from };
  });
}

/** A voxel of the label, each as likely; undefined where there is none. */
function anyVoxelOf(rng: Rng, map: Volume, label: number | undefined): Vec3 | undefined {
  const [nx, ny] = map.geometry.size;
  const slices = countsBySlice(map, label);
  const total = slices.reduce((a, b) => a + b, 0);
  if (total === 0) return undefined;
  let rest = rng.integer(0, total);
  let z = 0;
  for (; rest >= slices[z]!; z++) rest -= slices[z]!;
  const data = toFastArray(map.data.subarray(z * nx * ny, (z + 1) * nx * ny));
  for (let n = 0; ; n++) {
    if (isOf(data[n]!, label) && rest-- === 0) return [n % nx, Math.floor(n / nx), z];
  }
}

/** Counts of the label maps seen before: a cached volume is cropped many times, and volumes never change. */
const knownCounts = new WeakMap<VoxelArray, Map<number | undefined, readonly number[]>>();

/** Voxels of the label in each slice along k. */
function countsBySlice(map: Volume, label: number | undefined): readonly number[] {
  const { data } = map;
  const known = knownCounts.get(data) ?? new Map<number | undefined, readonly number[]>();
  knownCounts.set(data, known);
  const found = known.get(label);
  if (found !== undefined) return found;
  const [nx, ny, nz] = map.geometry.size;
  const values = toFastArray(data);
  const counts = Array.from({ length: nz }, (_, z) => countOf(values, z * nx * ny, (z + 1) * nx * ny, label));
  known.set(label, counts);
  return counts;
}

function countOf(data: FastArray, begin: number, end: number, label: number | undefined): number {
  let count = 0;
  for (let n = begin; n < end; n++) if (isOf(data[n]!, label)) count++;
  return count;
}

const isOf = (value: number, label: number | undefined): boolean =>
  label === undefined ? value !== 0 : value === label;
