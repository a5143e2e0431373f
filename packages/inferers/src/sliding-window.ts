import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError, ShapeError, tensorShapeOf, type Vec3 } from '@lungseg/core';
import { importanceMap, type BlendMode } from './importance-map.js';
import { windowOrigins } from './windows.js';

/** One channel of values with its size x, y, z; x fastest. */
export interface Field {
  readonly data: Float32Array;
  readonly size: Vec3;
}

/** Options of {@link slidingWindow}. */
export interface SlidingWindowOptions {
  /** Size of a window, x, y, z. An image smaller than it is padded on both sides. */
  readonly window: Vec3;
  /** Share of a window that its neighbour covers, too; 0.25 by default. */
  readonly overlap?: number;
  /** `gaussian` by default. */
  readonly mode?: BlendMode;
  /** What pads an image that is smaller than the window; 0 by default. */
  readonly paddingValue?: number;
  /** Called after each window. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops between windows; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Maps a window [1, D, H, W, 1] to [1, D, H, W, C]. */
export type Predictor = (window: tf.Tensor5D) => tf.Tensor;

/**
 * Applies a network to an image window by window, and blends the overlaps.
 *
 * Its memory is one buffer of C values a voxel, one of weights, and what one window needs.
 *
 * @param image one channel
 * @param predict what is applied to each window, for instance `(x) => network.apply(x, 'evaluate')`
 * @returns one field of the image's size for each of the C channels
 * @throws InvalidArgumentError for an overlap outside [0, 1) or an unknown mode
 * @throws ShapeError when the predictor changes the spatial size
 * @see MONAI's sliding_window_inference
 * @example
 * const [other, lung] = await slidingWindow(image, predict, { window: [224, 224, 32] });
 */
export async function slidingWindow(
  image: Field,
  predict: Predictor,
  options: SlidingWindowOptions,
): Promise<Field[]> {
  const { window, overlap = 0.25, mode = 'gaussian', onProgress, signal } = options;
  if (!window.every((n) => Number.isInteger(n) && n > 0)) {
    throw new InvalidArgumentError(`window must be three positive integers. Received: ${String(window)}.`);
  }
  const padded = padTo(image, window, options.paddingValue ?? 0);
  const origins = windowOrigins(padded.size, window, overlap);
  const weights = importanceMap(window, mode);
  const count = padded.data.length;
  const total = new Float32Array(count);
  let sums: Float32Array[] = [];
  for (const [index, origin] of origins.entries()) {
    signal?.throwIfAborted();
    const values = predictWindow(padded, origin, window, predict);
    const channels = values.length / weights.length;
    if (sums.length === 0) sums = Array.from({ length: channels }, () => new Float32Array(count));
    blend(sums, total, values, weights, padded.size, origin, window);
    onProgress?.(index + 1, origins.length);
    // Lets timers and signals have their turn: a window blocks the thread.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  for (const sum of sums) for (let i = 0; i < count; i++) sum[i] = sum[i]! / total[i]!;
  return sums.map((data) => unpad({ data, size: padded.size }, image.size));
}

function predictWindow(image: Field, origin: Vec3, window: Vec3, predict: Predictor): Float32Array {
  const values = new Float32Array(window[0] * window[1] * window[2]);
  forEachRow(image.size, origin, window, (from, to, length) => {
    values.set(image.data.subarray(from, from + length), to);
  });
  const output = tf.tidy(() => predict(tf.tensor5d(values, tensorShapeOf(window), 'float32')));
  try {
    const expected = tensorShapeOf(window).slice(0, 4);
    if (output.rank !== 5 || output.shape.slice(0, 4).join() !== expected.join()) {
      throw new ShapeError(
        `The predictor must keep [${expected.join(', ')}, C]. Received: [${output.shape.join(', ')}].`,
      );
    }
    // Outside of tidy, which would look for tensors in each of the millions of values that it returns.
    return output.dataSync<'float32'>();
  } finally {
    output.dispose();
  }
}

function blend(
  sums: readonly Float32Array[],
  total: Float32Array,
  values: Float32Array,
  weights: Float32Array,
  size: Vec3,
  origin: Vec3,
  window: Vec3,
): void {
  const channels = sums.length;
  forEachRow(size, origin, window, (inImage, inWindow, length) => {
    for (let i = 0; i < length; i++) {
      const weight = weights[inWindow + i]!;
      total[inImage + i] = total[inImage + i]! + weight;
      for (let c = 0; c < channels; c++) {
        const sum = sums[c]!;
        sum[inImage + i] = sum[inImage + i]! + weight * values[(inWindow + i) * channels + c]!;
      }
    }
  });
}

/** Visits the rows of a box inside an image: where a row begins in the image, where in the box, and how long it is. */
function forEachRow(
  size: Vec3,
  origin: Vec3,
  box: Vec3,
  visit: (inImage: number, inBox: number, length: number) => void,
): void {
  for (let z = 0; z < box[2]; z++) {
    for (let y = 0; y < box[1]; y++) {
      const inImage = ((origin[2] + z) * size[1] + origin[1] + y) * size[0] + origin[0];
      visit(inImage, (z * box[1] + y) * box[0], box[0]);
    }
  }
}

/** Where an image begins inside one that is padded to at least `window`: half of what is missing, rounded down. */
function padBefore(size: Vec3, padded: Vec3): Vec3 {
  return [0, 1, 2].map((axis) => (padded[axis]! - size[axis]!) >> 1) as unknown as Vec3;
}

function padTo(image: Field, window: Vec3, value: number): Field {
  const size = image.size.map((n, axis) => Math.max(n, window[axis]!)) as unknown as Vec3;
  if (size.every((n, axis) => n === image.size[axis])) return image;
  const data = new Float32Array(size[0] * size[1] * size[2]).fill(value);
  forEachRow(size, padBefore(image.size, size), image.size, (to, from, length) => {
    data.set(image.data.subarray(from, from + length), to);
  });
  return { data, size };
}

function unpad(field: Field, size: Vec3): Field {
  if (size.every((n, axis) => n === field.size[axis])) return field;
  const data = new Float32Array(size[0] * size[1] * size[2]);
  forEachRow(field.size, padBefore(size, field.size), size, (from, to, length) => {
    data.set(field.data.subarray(from, from + length), to);
  });
  return { data, size };
}
