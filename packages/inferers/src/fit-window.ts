import { InvalidArgumentError, type Vec3 } from '@lungseg/core';
import { windowOrigins } from './windows.js';

/** Options of {@link fitWindow}. */
export interface FitWindowOptions {
  /**
   * The largest window, x, y, z, that memory allows. Windows of other shapes and no more voxels are allowed, too, as long
   * as none of their sides is less than half of this one's: thin windows see too little around a voxel.
   */
  readonly largest: Vec3;
  /** What the sizes of a window must be multiples of, for instance the network's `sizeMultiple`. */
  readonly multiple: Vec3;
  /** Share of a window that its neighbour covers, too; 0.25 by default. */
  readonly overlap?: number;
  /** Whether memory allows a window; by default, whether it has no more voxels than the largest one. */
  readonly fits?: (window: Vec3) => boolean;
}

/**
 * The window to slide over an image: the whole image where that is allowed; else the shape with which the least is
 * computed twice, and of those the one with the fewest windows.
 *
 * @param size of the image, x, y, z
 * @param options what is allowed
 * @returns sizes that are multiples; larger than the image where that is no multiple
 * @throws InvalidArgumentError when the largest window is smaller than the multiple, no window fits, or the overlap is
 *   not in [0, 1)
 * @example
 * fitWindow([480, 416, 96], { largest: [320, 256, 64], multiple: [32, 32, 32] }); // [192, 256, 96], six times
 */
export function fitWindow(size: Vec3, options: FitWindowOptions): Vec3 {
  const { largest, multiple, overlap = 0.25 } = options;
  const limit = [0, 1, 2].map((axis) => Math.floor(largest[axis]! / multiple[axis]!) * multiple[axis]!);
  if (!limit.every((n) => n > 0)) {
    throw new InvalidArgumentError(
      `A window must be at least ${multiple.join(' x ')} voxels for this network. Received: ${largest.join(' x ')}.`,
    );
  }
  const maxVoxels = limit[0]! * limit[1]! * limit[2]!;
  const fits = options.fits ?? (([x, y, z]: Vec3): boolean => x * y * z <= maxVoxels);
  const [xs, ys, zs] = ([0, 1, 2] as const).map((axis) =>
    candidatesAlong(size[axis], limit[axis]! / 2, multiple[axis], overlap),
  ) as [Candidate[], Candidate[], Candidate[]];
  let best: { readonly window: Vec3; readonly cost: number; readonly windows: number } | undefined;
  for (const x of xs) {
    for (const y of ys) {
      for (const z of zs) {
        if (!fits([x.size, y.size, z.size])) continue;
        const voxels = x.size * y.size * z.size;
        const windows = x.count * y.count * z.count;
        const cost = voxels * windows;
        const isBetter =
          best === undefined || cost < best.cost || (cost === best.cost && windows < best.windows);
        if (isBetter) best = { window: [x.size, y.size, z.size], cost, windows };
      }
    }
  }
  if (best === undefined) {
    const smallest = [xs, ys, zs].map(([first]) => first!.size);
    throw new InvalidArgumentError(
      `Memory must allow a window of ${smallest.join(' x ')} voxels at least. Allow more memory, or name a smaller window.`,
    );
  }
  return best.window;
}

/** A size of windows along one axis, and how many of it there are. */
interface Candidate {
  readonly size: number;
  readonly count: number;
}

/** For each number of windows, the smallest size, and no less than `least`, that covers the image with so many. */
function candidatesAlong(size: number, least: number, multiple: number, overlap: number): Candidate[] {
  const padded = Math.ceil(size / multiple) * multiple;
  const candidates: Candidate[] = [];
  let fewer = Infinity;
  const first = Math.min(padded, Math.ceil(least / multiple) * multiple);
  for (let window = first; window <= padded; window += multiple) {
    const count = windowOrigins([padded, 1, 1], [window, 1, 1], overlap).length;
    if (count < fewer) candidates.push({ size: window, count });
    fewer = count;
  }
  return candidates;
}
