import * as tf from '@tensorflow/tfjs-core';

/**
 * The layers of an anisotropic network over [N, D, H, W, C], each made of 2-D kernels, which every tfjs backend has
 * forward and backward. Reshapes are free; nothing is transposed but in {@link upConvolution}.
 */

/** A tensor [N, D, H, W, C]. */
export type Tensor = tf.Tensor5D;

/** 1x1x1 convolution. `weight` is [I, O]. Output shape: [N, D, H, W, O]. */
export function pointwise(x: Tensor, weight: tf.Tensor2D): Tensor {
  const [n, d, h, w, c] = x.shape;
  return tf.reshape(tf.matMul(tf.reshape(x, [n * d * h * w, c]), weight), [n, d, h, w, weight.shape[1]]);
}

/** Convolution in the plane, 'same' for stride 1, and PyTorch's padding of k >> 1 for strides. `weight` is [kY, kX, I, O]. */
export function inPlane(x: Tensor, weight: tf.Tensor4D, strides: readonly [number, number]): Tensor {
  const [n, d, h, w, c] = x.shape;
  const [ky, kx] = weight.shape;
  const [sy, sx] = strides;
  let x4 = tf.reshape(x, [n * d, h, w, c]) as tf.Tensor4D;
  const same = sy === 1 && sx === 1;
  if (!same && (ky > 1 || kx > 1)) x4 = padPlane(x4, ky, kx, sy, sx);
  const y = tf.conv2d(x4, weight, [sy, sx], same ? 'same' : 'valid');
  return tf.reshape(y, [n, d, y.shape[1], y.shape[2], y.shape[3]]);
}

/** Pads as PyTorch's padding of k >> 1 would, without what a strided kernel never reads. */
function padPlane(x: tf.Tensor4D, ky: number, kx: number, sy: number, sx: number): tf.Tensor4D {
  const after = (size: number, k: number, s: number): number => {
    const before = k >> 1;
    const steps = Math.floor((size + 2 * before - k) / s);
    return Math.max(0, steps * s + k - size - before);
  };
  const [, h, w] = x.shape;
  return tf.pad(x, [
    [0, 0],
    [ky >> 1, after(h, ky, sy)],
    [kx >> 1, after(w, kx, sx)],
    [0, 0],
  ]);
}

/** Convolution along the depth, 'same', stride 1. `weight` is [kZ, 1, I, O]. */
export function alongDepth(x: Tensor, weight: tf.Tensor4D): Tensor {
  const [n, d, h, w, c] = x.shape;
  const y = tf.conv2d(tf.reshape(x, [n, d, h * w, c]) as tf.Tensor4D, weight, 1, 'same');
  return tf.reshape(y, [n, d, h, w, weight.shape[3]]);
}

/**
 * The first convolution, over three neighbouring slices stacked as channels; stride 2 in the plane.
 * `weight` is [kY, kX, 3 * I, O].
 */
export function stem(x: Tensor, weight: tf.Tensor4D, strides: readonly [number, number]): Tensor {
  const [n, d, h, w, c] = x.shape;
  const padded = tf.pad(x, [
    [0, 0],
    [1, 1],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  const shifted = [0, 1, 2].map((z) => tf.slice(padded, [0, z, 0, 0, 0], [n, d, h, w, c]));
  return inPlane(tf.concat(shifted, 4), weight, strides);
}

/** Max pooling along the depth, without overlap. */
export function maxPoolDepth(x: Tensor, size: number): Tensor {
  const [n, d, h, w, c] = x.shape;
  const y = tf.maxPool(tf.reshape(x, [n, d, h * w, c]) as tf.Tensor4D, [size, 1], [size, 1], 'valid');
  return tf.reshape(y, [n, y.shape[1], h, w, c]);
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
  const plane = padPlane(tf.reshape(x, [n * d, h, w, c]) as tf.Tensor4D, ky, 3, sy, 2);
  const y = tf.maxPool(plane, [ky, 3], [sy, 2], 'valid');
  const [, h2, w2] = y.shape;
  const column = padPlane(tf.reshape(y, [n, d, h2 * w2, c]) as tf.Tensor4D, 3, 1, 2, 1);
  const z = tf.maxPool(column, [3, 1], [2, 1], 'valid');
  return tf.reshape(z, [n, z.shape[1], h2, w2, c]);
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
): Tensor {
  const [n, d, h, w, c] = x.shape;
  const [kz, ky, kx] = kernel;
  const out = weight.shape[1] / (kz * ky * kx);
  const product = tf.matMul(tf.reshape(x, [n * d * h * w, c]), weight);
  // kX and O stay neighbours, so that rank 6 is enough.
  const blocks = tf.reshape(product, [n * d, h, w, kz, ky, kx * out]);
  return tf.reshape(tf.transpose(blocks, [0, 3, 1, 4, 2, 5]), [n, d * kz, h * ky, w * kx, out]);
}
