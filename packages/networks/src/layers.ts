import * as tf from '@tensorflow/tfjs-core';
import { maxPoolPadded, reducedConv2d, type Precision } from '@lungseg/backend';
import type { ParameterLayout } from './parameters.js';

/**
 * The layers of an anisotropic network over [N, D, H, W, C], each made of 2-D kernels, which every tfjs backend has.
 * Reshapes are free; nothing is transposed but in {@link upConvolution}.
 */

/** A tensor [N, D, H, W, C]. */
export type Tensor = tf.Tensor5D;

/** What follows a convolution in the same pass, in inference. */
export interface Epilogue {
  /** [O] */
  readonly bias?: tf.Tensor1D;
  readonly activation: 'linear' | 'relu';
}

/** How a convolution is computed; float32 and nothing else by default. */
export interface ConvolutionMeans {
  /** None in a reduced precision. */
  readonly epilogue?: Epilogue;
  /** What factors are rounded to; others than float32 need the native backend. */
  readonly precision?: Precision;
}

/**
 * The convolution of this kind, 'same'.
 *
 * @param kind as the parameter's layout
 * @param x [N, D, H, W, I]
 * @param weight in that layout
 * @param strides along y and x
 * @param means bias and activation, precision
 * @returns [N, D, H', W', O]
 */
export function convolve(
  kind: Exclude<ParameterLayout, 'transposed' | 'vector'>,
  x: Tensor,
  weight: tf.Tensor,
  strides: readonly [number, number] = [1, 1],
  means: ConvolutionMeans = {},
): Tensor {
  switch (kind) {
    case 'pointwise':
      return pointwise(x, weight as tf.Tensor2D, means);
    case 'in-plane':
      return inPlane(x, weight as tf.Tensor4D, strides, means);
    case 'depth':
      return alongDepth(x, weight as tf.Tensor4D, means);
    case 'stem':
      return stem(x, weight as tf.Tensor4D, strides, means);
  }
}

/** 1x1x1 convolution. `weight` is [I, O]. Output shape: [N, D, H, W, O]. */
function pointwise(
  x: Tensor,
  weight: tf.Tensor2D,
  { epilogue, precision = 'float32' }: ConvolutionMeans,
): Tensor {
  const [n, d, h, w, c] = x.shape;
  const out = weight.shape[1];
  if (precision !== 'float32') {
    const filter = tf.reshape(weight, [1, 1, c, out]) as tf.Tensor4D;
    const y = reducedConv2d(tf.reshape(x, [n * d, h, w, c]), filter, { precision, pad: 'valid' });
    return tf.reshape(y, [n, d, h, w, out]);
  }
  const a = tf.reshape(x, [n * d * h * w, c]) as tf.Tensor2D;
  const y = epilogue === undefined ? tf.matMul(a, weight) : tf.fused.matMul({ a, b: weight, ...epilogue });
  return tf.reshape(y, [n, d, h, w, out]);
}

/** Convolution in the plane, 'same' for stride 1, and PyTorch's padding of k >> 1 for strides. `weight` is [kY, kX, I, O]. */
function inPlane(
  x: Tensor,
  weight: tf.Tensor4D,
  strides: readonly [number, number],
  means: ConvolutionMeans,
  constantInput = false,
): Tensor {
  const [n, d, h, w, c] = x.shape;
  const [ky, kx] = weight.shape;
  const [sy, sx] = strides;
  let x4 = tf.reshape(x, [n * d, h, w, c]) as tf.Tensor4D;
  const same = sy === 1 && sx === 1;
  if (!same && (ky > 1 || kx > 1)) x4 = padForKernel(x4, ky, kx, sy, sx);
  const y = conv2d(x4, weight, { strides: [sy, sx], pad: same ? 'same' : 'valid', constantInput, ...means });
  return tf.reshape(y, [n, d, y.shape[1], y.shape[2], y.shape[3]]);
}

function conv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  {
    strides,
    pad,
    constantInput,
    epilogue,
    precision = 'float32',
  }: ConvolutionMeans & {
    readonly strides: [number, number];
    readonly pad: 'same' | 'valid';
    /** Whether the gradient with respect to x is never asked for. */
    readonly constantInput: boolean;
  },
): tf.Tensor4D {
  if (precision !== 'float32') return reducedConv2d(x, filter, { precision, strides, pad, constantInput });
  return epilogue === undefined
    ? tf.conv2d(x, filter, strides, pad)
    : tf.fused.conv2d({ x, filter, strides, pad, ...epilogue });
}

/**
 * How many zeros stand before and after `size` values for a kernel with PyTorch's padding of k >> 1, without those that a
 * strided kernel never reads.
 */
export function paddingFor(size: number, kernel: number, stride: number): [before: number, after: number] {
  const before = kernel >> 1;
  const steps = Math.floor((size + 2 * before - kernel) / stride);
  return [before, Math.max(0, steps * stride + kernel - size - before)];
}

function padForKernel(x: tf.Tensor4D, ky: number, kx: number, sy: number, sx: number): tf.Tensor4D {
  const [, h, w] = x.shape;
  return tf.pad(x, [[0, 0], paddingFor(h, ky, sy), paddingFor(w, kx, sx), [0, 0]]);
}

/** Convolution along the depth, 'same', stride 1. `weight` is [kZ, 1, I, O]. */
function alongDepth(x: Tensor, weight: tf.Tensor4D, means: ConvolutionMeans): Tensor {
  const [n, d, h, w, c] = x.shape;
  const options = { strides: [1, 1] as [number, number], pad: 'same', constantInput: false } as const;
  const y = conv2d(tf.reshape(x, [n, d, h * w, c]), weight, { ...options, ...means });
  return tf.reshape(y, [n, d, h, w, weight.shape[3]]);
}

/**
 * The first convolution, over three neighbouring slices stacked as channels; stride 2 in the plane.
 * `weight` is [kY, kX, 3 * I, O]. In a reduced precision there is no gradient with respect to the image.
 */
function stem(
  x: Tensor,
  weight: tf.Tensor4D,
  strides: readonly [number, number],
  means: ConvolutionMeans,
): Tensor {
  const [n, d, h, w, c] = x.shape;
  const padded = tf.pad(x, [
    [0, 0],
    [1, 1],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  const shifted = [0, 1, 2].map((z) => tf.slice(padded, [0, z, 0, 0, 0], [n, d, h, w, c]));
  return inPlane(tf.concat(shifted, 4), weight, strides, means, true);
}

/** Max pooling along the depth, without overlap; `size` divides D. Each window is an image of its own: images go to threads. */
export function maxPoolDepth(x: Tensor, size: number): Tensor {
  const [n, d, h, w, c] = x.shape;
  const windows = tf.reshape(x, [(n * d) / size, size, h * w, c]) as tf.Tensor4D;
  return tf.reshape(tf.maxPool(windows, [size, 1], 1, 'valid'), [n, d / size, h, w, c]);
}

/** Max pooling in the plane, without overlap. */
export function maxPoolPlane(x: Tensor, size: readonly [number, number]): Tensor {
  const [n, d, h, w, c] = x.shape;
  const window: [number, number] = [...size];
  const y = tf.maxPool(tf.reshape(x, [n * d, h, w, c]) as tf.Tensor4D, window, window, 'valid');
  return tf.reshape(y, [n, d, y.shape[1], y.shape[2], c]);
}

/**
 * Max pooling over 3x3x3 with stride 2 and padding 1, of values that are not negative: zeros then pad as well as
 * minus infinity. Separable: first in the plane, then along the depth.
 */
export function maxPoolOverlapping(x: Tensor, flat: boolean): Tensor {
  const [n, d, h, w, c] = x.shape;
  const ky = flat ? 1 : 3;
  const sy = flat ? 1 : 2;
  const plane = maxPoolPadded(tf.reshape(x, [n * d, h, w, c]) as tf.Tensor4D, {
    window: [ky, 3],
    strides: [sy, 2],
    padding: [paddingFor(h, ky, sy), paddingFor(w, 3, 2)],
  });
  const [, h2, w2] = plane.shape;
  const z = maxPoolPadded(tf.reshape(plane, [n, d, h2 * w2, c]) as tf.Tensor4D, {
    window: [3, 1],
    strides: [2, 1],
    padding: [paddingFor(d, 3, 2), [0, 0]],
  });
  return tf.reshape(z, [n, z.shape[1], h2, w2, c]);
}

/**
 * Every `steps`th voxel along z, y, x, from the first: what a 1x1x1 kernel with these strides reads. Slices of reshaped
 * tensors, since strided slices have no gradient in tfjs.
 */
export function subsample(x: Tensor, [sz, sy, sx]: readonly [number, number, number]): Tensor {
  const [n, d, h, w, c] = x.shape;
  let y: tf.Tensor = x;
  if (sz > 1) {
    const slices = tf.reshape(y, [(n * d) / sz, sz, h * w * c]);
    y = tf.slice(slices, [0, 0, 0], [(n * d) / sz, 1, h * w * c]);
  }
  if (sy > 1 || sx > 1) {
    const rows = (n * (d / sz) * h) / sy;
    y = tf.slice(tf.reshape(y, [rows, sy, w / sx, sx * c]), [0, 0, 0, 0], [rows, 1, w / sx, c]);
  }
  return tf.reshape(y, [n, d / sz, h / sy, w / sx, c]);
}

/** A ring of zeros around each slice, of one voxel along y, x where that is 1. */
export function padPlane(t: Tensor, [y, x]: readonly [number, number]): Tensor {
  return tf.pad(t, [
    [0, 0],
    [0, 0],
    [y, y],
    [x, x],
    [0, 0],
  ]);
}

/** How a feature map is enlarged without weights; `linear` aligns corners. */
export type Interpolation = 'linear' | 'nearest';

/** Enlarges to [N, D', H', W', C], one 2-D resize for the plane and one for the depth. */
export function resize(x: Tensor, size: readonly [number, number, number], how: Interpolation): Tensor {
  const [n, d, h, w, c] = x.shape;
  const [d2, h2, w2] = size;
  const scale = (t: tf.Tensor4D, to: [number, number]): tf.Tensor4D => {
    if (t.shape[1] === to[0] && t.shape[2] === to[1]) return t;
    return how === 'linear'
      ? tf.image.resizeBilinear(t, to, true)
      : tf.image.resizeNearestNeighbor(t, to, false, false);
  };
  const plane = scale(tf.reshape(x, [n * d, h, w, c]) as tf.Tensor4D, [h2, w2]);
  const depth = scale(tf.reshape(plane, [n, d, h2 * w2, c]) as tf.Tensor4D, [d2, h2 * w2]);
  return tf.reshape(depth, [n, d2, h2, w2, c]);
}

/**
 * Transposed convolution whose kernel equals its stride: a matrix product, then depth to space.
 * `weight` is [I, kZ * kY * kX * O] and `kernel` [kZ, kY, kX].
 */
export function upConvolution(
  x: Tensor,
  weight: tf.Tensor2D,
  kernel: readonly [number, number, number],
  means: ConvolutionMeans = {},
): Tensor {
  const [n, d, h, w] = x.shape;
  const [kz, ky, kx] = kernel;
  const out = weight.shape[1] / (kz * ky * kx);
  const product = pointwise(x, weight, means);
  // kX and O stay neighbours, so that rank 6 is enough.
  const blocks = tf.reshape(product, [n * d, h, w, kz, ky, kx * out]);
  return tf.reshape(tf.transpose(blocks, [0, 3, 1, 4, 2, 5]), [n, d * kz, h * ky, w * kx, out]);
}
