import { InvalidArgumentError, type Vec3 } from '@lungseg/core';
import { windowOrigins } from './windows.js';

/** Options of {@link fitWindow}. */
export interface FitWindowOptions {
  /** Voxels that a window may have at most: what memory allows. */
  readonly maxVoxels: number;
  /** What the sizes of a window must be multiples of, for instance the network's `sizeMultiple`. */
  readonly multiple: Vec3;
  /** Share of a window that its neighbour covers, too; 0.25 by default. */
  readonly overlap?: number;
}

/**
 * The window to slide over an image: the whole image where that is allowed; else the shape with which the least is
 * computed twice, and of those the one with the fewest windows.
 *
 * @param size of the image, x, y, z
 * @param options what is allowed
 * @returns sizes that are multiples; larger than the image where that is no multiple
 * @throws InvalidArgumentError when even the smallest window has more voxels, or the overlap is not in [0, 1)
 * @example
 * fitWindow([480, 416, 96], { maxVoxels: 5e6, multiple: [32, 32, 32] }); // [192, 256, 96], six times
 */
export function fitWindow(size: Vec3, options: FitWindowOptions): Vec3 {
  const { maxVoxels, multiple, overlap = 0.25 } = options;
  const [xs, ys, zs] = ([0, 1, 2] as const).map((axis) =>
    candidatesAlong(size[axis], multiple[axis], overlap),
  ) as [Candidate[], Candidate[], Candidate[]];
  let best: { readonly window: Vec3; readonly cost: number; readonly windows: number } | undefined;
  for (const x of xs) {
    for (const y of ys) {
      for (const z of zs) {
        const voxels = x.size * y.size * z.size;
        if (voxels > maxVoxels) continue;
        const windows = x.count * y.count * z.count;
        const cost = voxels * windows;
        const isBetter =
          best === undefined || cost < best.cost || (cost === best.cost && windows < best.windows);
        if (isBetter) best = { window: [x.size, y.size, z.size], cost, windows };
      }
    }
  }
  if (best !== undefined) return best.window;
  throw new InvalidArgumentError(
    `A window must have at least ${multiple.join(' x ')} voxels for this network. Received: ${maxVoxels} voxels at most.`,
  );
}

/** A size of windows along one axis, and how many of it there are. */
interface Candidate {
  readonly size: number;
  readonly count: number;
}

/** For each number of windows, the smallest size that covers the image with so many. */
function candidatesAlong(size: number, multiple: number, overlap: number): Candidate[] {
  const padded = Math.ceil(size / multiple) * multiple;
  const candidates: Candidate[] = [];
  let fewer = Infinity;
  for (let window = multiple; window <= padded; window += multiple) {
    const count = windowOrigins([padded, 1, 1], [window, 1, 1], overlap).length;
    if (count < fewer) candidates.push({ size: window, count });
    fewer = count;
  }
  return candidates;
}
