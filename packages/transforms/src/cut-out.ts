import { InvalidArgumentError, toJson, type Rng, type Transform, type Vec3 } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { assertPositiveSize } from './crop-region.js';
import { assertCanHold } from './fill-value.js';
import { assertSize, firstVolume } from './sample.js';

/** Options of {@link cutOut}. */
export interface CutOutOptions {
  /** How many boxes; two numbers for a range that includes both. */
  readonly count: number | readonly [number, number];
  /** Voxels of the largest box along i, j, k. */
  readonly size: Vec3;
  /** Voxels of the smallest box; as the largest by default. */
  readonly minimumSize?: Vec3;
  /** The intensity of what is cut out; 0 by default. For CT in HU, give air: -1024. */
  readonly fill?: number;
}

/** Parameters of {@link cutOut}: the boxes, and the size of the volume. */
export type CutOutParams = {
  readonly boxes: readonly { readonly start: Vec3; readonly size: Vec3 }[];
  readonly from: Vec3;
};

/**
 * Fills boxes at random places, so that a network learns to go by what is around; labels stay as they are. Boxes lie
 * inside the volume and may overlap. There is no inverse: what is cut out is lost.
 *
 * @param options how many, how large, and what to fill them with
 * @throws InvalidArgumentError when the count or a size is not whole and positive; by `apply`, when the voxels' type can't
 *   hold `fill`
 * @see DeVries and Taylor 2017, https://arxiv.org/abs/1708.04552; MONAI `RandCoarseDropout`
 * @example
 * cutOut({ count: [1, 4], size: [48, 48, 8], minimumSize: [16, 16, 2], fill: -1024 });
 */
export function cutOut(options: CutOutOptions): Transform<CutOutParams> {
  options = copyOf(options);
  const { count, size, minimumSize = size, fill = 0 } = options;
  assertPositiveSize(size);
  assertPositiveSize(minimumSize, 'minimumSize');
  const [fewest, most] = typeof count === 'number' ? [count, count] : count;
  if (!(Number.isInteger(fewest) && Number.isInteger(most) && fewest >= 0 && most >= fewest)) {
    throw new InvalidArgumentError(
      `count must be a whole number, or two, the smaller first, not negative. Received: ${String(count)}.`,
    );
  }
  if (minimumSize.some((n, axis) => n > size[axis]!)) {
    throw new InvalidArgumentError(
      `minimumSize must not be over size, ${String(size)}. Received: ${String(minimumSize)}.`,
    );
  }
  return {
    name: 'cutOut',
    options: toJson({ count, size, minimumSize, fill }),
    sampleParams: (rng, sample) => {
      const from = firstVolume(sample).geometry.size;
      const boxes = Array.from({ length: rng.integer(fewest, most + 1) }, () =>
        drawBox(rng, from, minimumSize, size),
      );
      return { boxes, from };
    },
    apply: (volume, { boxes, from }) => {
      if (volume.kind === 'label') return volume;
      assertSize(volume, from);
      const data = volume.data.slice();
      if (boxes.length > 0) assertCanHold('fill', data, fill);
      const [nx, ny] = from;
      for (const { start, size: box } of boxes) {
        for (let z = start[2]; z < start[2] + box[2]; z++) {
          for (let y = start[1]; y < start[1] + box[1]; y++) {
            const row = (z * ny + y) * nx + start[0];
            data.fill(fill, row, row + box[0]);
          }
        }
      }
      return { ...volume, data };
    },
  };
}

function drawBox(rng: Rng, from: Vec3, smallest: Vec3, largest: Vec3): { start: Vec3; size: Vec3 } {
  const size = from.map((n, axis) => Math.min(n, rng.integer(smallest[axis]!, largest[axis]! + 1)));
  const start = size.map((n, axis) => rng.integer(0, from[axis]! - n + 1));
  return { start: start as unknown as Vec3, size: size as unknown as Vec3 };
}
