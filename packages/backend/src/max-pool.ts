import * as tf from '@tensorflow/tfjs-core';
import { isNative, runNativeOp, type NativeAttributes } from './native.js';

/** Options of {@link maxPoolPadded}, each along y and x. */
export interface MaxPoolOptions {
  readonly window: readonly [number, number];
  readonly strides: readonly [number, number];
  /** How many values of padding stand before and after. */
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
}

/**
 * Max pooling of values that are not negative, so that zeros pad as well as minus infinity; natively in one op, where tfjs would
 * make a padded copy and keep it for the gradient. Where a window's maximum is zero, its gradient may go to the padding or to a
 * value: a ReLU before stops it in any case.
 *
 * @param x [N, H, W, C]
 * @param options window, strides, padding
 * @returns [N, H', W', C]
 * @see https://www.tensorflow.org/api_docs/python/tf/raw_ops/MaxPool
 */
export function maxPoolPadded(x: tf.Tensor4D, options: MaxPoolOptions): tf.Tensor4D {
  const { window, strides, padding } = options;
  if (!isNative()) {
    const padded = tf.pad(x, [[0, 0], [...padding[0]], [...padding[1]], [0, 0]]);
    return tf.maxPool(padded, [...window], [...strides], 'valid');
  }
  const attributes: NativeAttributes = {
    T: { type: 'float32' },
    ksize: [1, ...window, 1],
    strides: [1, ...strides, 1],
    padding: 'EXPLICIT',
    explicit_paddings: [0, 0, ...padding[0], ...padding[1], 0, 0],
    data_format: 'NHWC',
  };
  const operation = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [input, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const y = runNativeOp('MaxPool', attributes, [input], 1)[0]!;
    save([input, y]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, kept: tf.Tensor[]) =>
        runNativeOp('MaxPoolGrad', attributes, [...kept, dy], 1)[0]!,
    };
  });
  return operation(x) as tf.Tensor4D;
}
