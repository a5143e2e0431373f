import { InvalidArgumentError, type Vec3 } from '@lungseg/core';
import { windowOrigins } from './windows.js';

/** Options of {@link fitWindow}. */
export interface FitWindowOptions {
  /** The largest window, x, y, z, that memory allows. */
  readonly largest: Vec3;
  /** What the sizes of a window must be multiples of, for instance the network's `sizeMultiple`. */
  readonly multiple: Vec3;
  /** Share of a window that its neighbour covers, too; 0.25 by default. */
  readonly overlap?: number;
}

/**
 * The window to slide over an image: the whole image where that is allowed; else, axis by axis, the smallest one that
 * needs no more windows than the largest would, so that no window is spent on what others have covered.
 *
 * @param size of the image, x, y, z
 * @param options what is allowed
 * @returns sizes that are multiples; larger than the image where that is no multiple
 * @throws InvalidArgumentError when the largest window is smaller than the multiple, or the overlap not in [0, 1)
 * @example
 * fitWindow([480, 320, 60], { largest: [448, 384, 64], multiple: [32, 32, 32] }); // [288, 320, 64]
 */
export function fitWindow(size: Vec3, options: FitWindowOptions): Vec3 {
  const { largest, multiple, overlap = 0.25 } = options;
  return [0, 1, 2].map((axis) => {
    const step = multiple[axis]!;
    const limit = Math.floor(largest[axis]! / step) * step;
    if (!(limit > 0)) {
      throw new InvalidArgumentError(
        `A window must be at least ${multiple.join(' x ')} voxels for this network. Received: ${largest.join(' x ')}.`,
      );
    }
    const padded = Math.ceil(size[axis]! / step) * step;
    if (padded <= limit) return padded;
    const count = countAlong(padded, limit, overlap);
    let window = step;
    while (countAlong(padded, window, overlap) > count) window += step;
    return window;
  }) as unknown as Vec3;
}

const countAlong = (size: number, window: number, overlap: number): number =>
  windowOrigins([size, 1, 1], [window, 1, 1], overlap).length;
