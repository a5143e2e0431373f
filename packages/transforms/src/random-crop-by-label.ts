import { InvalidArgumentError, type Rng, type Transform, type Vec3, type Volume } from '@lungseg/core';
import {
  applyRegion,
  assertPositiveSize,
  invertRegion,
  type FillOptions,
  type RegionParams,
} from './crop-region.js';
import { volumeOf } from './crop-to-foreground.js';
import { anyStart, startAround } from './random-crop.js';
import { toFastArray } from './voxel-arrays.js';

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
export function randomCropByLabel(options: RandomCropByLabelOptions): Transform<RegionParams> {
  const { size, foregroundProbability } = options;
  assertPositiveSize(size);
  if (!(foregroundProbability >= 0 && foregroundProbability <= 1)) {
    throw new InvalidArgumentError(
      `foregroundProbability must be in [0, 1]. Received: ${foregroundProbability}.`,
    );
  }
  return {
    name: 'randomCropByLabel',
    sampleParams: (rng, sample) => {
      const map = volumeOf(sample, options.key ?? 'label');
      const from = map.geometry.size;
      const centre = rng.bernoulli(foregroundProbability) ? anyVoxelOf(rng, map, options.label) : undefined;
      const start = centre === undefined ? anyStart(rng, from, size) : startAround(centre, from, size);
      return { start, size, from };
    },
    apply: (volume, params) => applyRegion(volume, params, options),
    invert: (volume, params) => invertRegion(volume, params, options),
  };
}

/** A voxel of the label, each as likely; undefined where there is none. */
function anyVoxelOf(rng: Rng, map: Volume, label: number | undefined): Vec3 | undefined {
  const data = toFastArray(map.data);
  const [nx, ny, nz] = map.geometry.size;
  const countIn = (begin: number, end: number): number => {
    let count = 0;
    for (let n = begin; n < end; n++) if (label === undefined ? data[n] !== 0 : data[n] === label) count++;
    return count;
  };
  const slices = Array.from({ length: nz }, (_, z) => countIn(z * nx * ny, (z + 1) * nx * ny));
  const total = slices.reduce((a, b) => a + b, 0);
  if (total === 0) return undefined;
  let rest = rng.integer(0, total);
  let z = 0;
  for (; rest >= slices[z]!; z++) rest -= slices[z]!;
  for (let n = z * nx * ny; ; n++) {
    if (countIn(n, n + 1) === 1 && rest-- === 0) return [n % nx, Math.floor(n / nx) % ny, z];
  }
}
