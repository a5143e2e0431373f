import { InvalidArgumentError, type Vec3 } from '@lungseg/core';

/**
 * Where windows begin so that they cover an image, as in MONAI: evenly spaced by `window * (1 - overlap)`, the last
 * one moved back to end with the image.
 *
 * @param size of the image, x, y, z; no smaller than the window
 * @param window size of a window
 * @param overlap share of a window that its neighbour covers, too; 0 to less than 1
 * @returns first indices x, y, z, the last axis fastest
 * @throws InvalidArgumentError for an overlap outside [0, 1)
 */
export function windowOrigins(size: Vec3, window: Vec3, overlap: number): Vec3[] {
  if (!(overlap >= 0 && overlap < 1)) {
    throw new InvalidArgumentError(`overlap must be at least 0 and less than 1. Received: ${overlap}.`);
  }
  const [xs, ys, zs] = ([0, 1, 2] as const).map((axis) => startsAlong(size[axis], window[axis], overlap)) as [
    number[],
    number[],
    number[],
  ];
  return xs.flatMap((x) => ys.flatMap((y) => zs.map((z): Vec3 => [x, y, z])));
}

function startsAlong(size: number, window: number, overlap: number): number[] {
  if (size <= window) return [0];
  const interval = Math.max(1, Math.floor(window * (1 - overlap)));
  const count = Math.ceil((size - window) / interval) + 1;
  return Array.from({ length: count }, (_, i) => Math.min(i * interval, size - window));
}
