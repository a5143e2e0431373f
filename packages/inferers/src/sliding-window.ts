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
  /** How many windows go through the network at once; 1 by default. The last batch may be smaller. */
  readonly batch?: number;
  /** What pads an image that is smaller than the window; 0 by default. */
  readonly paddingValue?: number;
  /** Called after each batch of windows. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops between batches; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Maps windows [B, D, H, W, 1] to [B, D, H, W, C]; B is 1 unless batches were asked for. */
export type Predictor = (window: tf.Tensor5D) => tf.Tensor;

/**
 * Applies a network to an image window by window, and blends the overlaps.
 *
 * Its memory is one buffer of C values a voxel, one of weights, and what one batch needs: see `slidingWindowBytes`.
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
  const { sums, total, size } = await blendWindows(image, predict, options, (channels) => ({
    buffers: channels,
    add: (target, values, from, weight, at) => {
      for (let c = 0; c < channels; c++) {
        const sum = target[c]!;
        sum[at] = sum[at]! + weight * values[from + c]!;
      }
    },
  }));
  for (const sum of sums) for (let i = 0; i < total.length; i++) sum[i] = sum[i]! / total[i]!;
  return sums.map((data) => unpad({ data, size }, image.size));
}

/** Options of {@link slidingWindowProbability}. */
export interface SlidingWindowProbabilityOptions extends SlidingWindowOptions {
  /** Whose probability is wanted, from 0. */
  readonly classIndex: number;
}

/**
 * {@link slidingWindow}, with the softmax of one class taken in the pass that ends the blending. The softmax depends on
 * how far the other logits are from the chosen one, so that only these C - 1 differences are kept: one buffer where
 * there are two classes.
 *
 * @param image one channel
 * @param predict gives logits
 * @param options which class, and those of {@link slidingWindow}
 * @returns the class's probability, of the image's size
 * @throws InvalidArgumentError when there is no such class, and as {@link slidingWindow}
 * @throws ShapeError when the predictor changes the spatial size
 * @example
 * const lung = await slidingWindowProbability(image, predict, { window: [224, 224, 32], classIndex: 1 });
 */
export async function slidingWindowProbability(
  image: Field,
  predict: Predictor,
  options: SlidingWindowProbabilityOptions,
): Promise<Field> {
  const { classIndex } = options;
  const { sums, total, size } = await blendWindows(image, predict, options, (channels) => {
    if (!(Number.isInteger(classIndex) && classIndex >= 0 && classIndex < channels)) {
      throw new InvalidArgumentError(
        `classIndex must be from 0 to ${channels - 1}. Received: ${classIndex}.`,
      );
    }
    const others = Array.from({ length: channels }, (_, c) => c).filter((c) => c !== classIndex);
    return {
      buffers: others.length,
      add: (target, values, from, weight, at) => {
        const chosen = values[from + classIndex]!;
        for (let n = 0; n < others.length; n++) {
          const sum = target[n]!;
          sum[at] = sum[at]! + weight * (values[from + others[n]!]! - chosen);
        }
      },
    };
  });
  const exp = Math.exp;
  for (let i = 0; i < total.length; i++) {
    let sum = 1;
    for (const differences of sums) sum += exp(differences[i]! / total[i]!);
    total[i] = 1 / sum;
  }
  return unpad({ data: total, size }, image.size);
}

/** How a voxel of a window is added to the buffers: `values` holds its channels from `from` on, `at` is its place. */
interface Blender {
  readonly buffers: number;
  add(target: readonly Float32Array[], values: Float32Array, from: number, weight: number, at: number): void;
}

interface Blended {
  readonly sums: readonly Float32Array[];
  /** The sum of the weights, voxel by voxel. */
  readonly total: Float32Array;
  /** Of the padded image. */
  readonly size: Vec3;
}

async function blendWindows(
  image: Field,
  predict: Predictor,
  options: SlidingWindowOptions,
  blenderFor: (channels: number) => Blender,
): Promise<Blended> {
  const { window, overlap = 0.25, mode = 'gaussian', batch = 1, onProgress, signal } = options;
  if (!window.every((n) => Number.isInteger(n) && n > 0)) {
    throw new InvalidArgumentError(`window must be three positive integers. Received: ${String(window)}.`);
  }
  if (!(Number.isInteger(batch) && batch > 0)) {
    throw new InvalidArgumentError(`batch must be a positive integer. Received: ${batch}.`);
  }
  const padded = padTo(image, window, options.paddingValue ?? 0);
  const origins = windowOrigins(padded.size, window, overlap);
  const weights = importanceMap(window, mode);
  const total = new Float32Array(padded.data.length);
  let sums: Float32Array[] = [];
  let blender: Blender | undefined;
  for (let first = 0; first < origins.length; first += batch) {
    signal?.throwIfAborted();
    const some = origins.slice(first, first + batch);
    const values = predictWindows(padded, some, window, predict);
    const perWindow = values.length / some.length;
    if (blender === undefined) {
      blender = blenderFor(perWindow / weights.length);
      sums = Array.from({ length: blender.buffers }, () => new Float32Array(total.length));
    }
    for (const [index, origin] of some.entries()) {
      const part = values.subarray(index * perWindow, (index + 1) * perWindow);
      blend(blender, sums, total, part, weights, padded.size, origin, window);
    }
    onProgress?.(first + some.length, origins.length);
    // Lets timers and signals have their turn: a window blocks the thread.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return { sums, total, size: padded.size };
}

function predictWindows(
  image: Field,
  origins: readonly Vec3[],
  window: Vec3,
  predict: Predictor,
): Float32Array {
  const voxels = window[0] * window[1] * window[2];
  const values = new Float32Array(origins.length * voxels);
  for (const [index, origin] of origins.entries()) {
    forEachRow(image.size, origin, window, (from, to, length) => {
      values.set(image.data.subarray(from, from + length), index * voxels + to);
    });
  }
  const [, d, h, w] = tensorShapeOf(window);
  const expected = [origins.length, d, h, w];
  const output = tf.tidy(() => predict(tf.tensor5d(values, [origins.length, d, h, w, 1], 'float32')));
  try {
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
  blender: Blender,
  sums: readonly Float32Array[],
  total: Float32Array,
  values: Float32Array,
  weights: Float32Array,
  size: Vec3,
  origin: Vec3,
  window: Vec3,
): void {
  const channels = values.length / weights.length;
  forEachRow(size, origin, window, (inImage, inWindow, length) => {
    for (let i = 0; i < length; i++) {
      const weight = weights[inWindow + i]!;
      total[inImage + i] = total[inImage + i]! + weight;
      blender.add(sums, values, (inWindow + i) * channels, weight, inImage + i);
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
