import type { Vec3 } from '@lungseg/core';

/** What {@link slidingWindowBytes} goes by. */
export interface SlidingWindowMemory {
  /** Size of the image, x, y, z. */
  readonly size: Vec3;
  /** Size of a window, x, y, z. */
  readonly window: Vec3;
  /** Channels of the network's output. */
  readonly channels: number;
  /** Windows at once; 1 by default. */
  readonly batch?: number;
  /** Whether only one class's probability is kept, as by `slidingWindowProbability`; false by default. */
  readonly probability?: boolean;
}

const FLOAT_BYTES = 4;

/**
 * The bytes of every buffer that sliding over an image takes, besides the image and the network: the padded image where
 * it is padded, sums and weights for each of its voxels, a window's weights, and a batch's input and output. Where the
 * image was padded, the result is cut out of the padded sums, one channel after the other.
 *
 * @returns bytes
 * @example
 * slidingWindowBytes({ size: [480, 416, 96], window: [192, 256, 96], channels: 2, probability: true });
 */
export function slidingWindowBytes({
  size,
  window,
  channels,
  batch = 1,
  probability = false,
}: SlidingWindowMemory): number {
  const voxels = size[0] * size[1] * size[2];
  const padded = size.reduce((product, n, axis) => product * Math.max(n, window[axis]!), 1);
  const inWindow = window[0] * window[1] * window[2];
  const sums = probability ? channels - 1 : channels;
  const results = padded === voxels ? 0 : padded + (probability ? 1 : channels) * voxels;
  return FLOAT_BYTES * ((sums + 1) * padded + results + inWindow * (1 + batch * (1 + channels)));
}
