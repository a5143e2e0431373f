import type * as tf from '@tensorflow/tfjs-core';
import type { BatchNormKernels } from './batch-norm.js';
import { runNativeOp } from './native.js';
import { reluGradient } from './relu.js';

const FLOAT = { type: 'float32' } as const;
const TYPES = { T: FLOAT, U: FLOAT, data_format: 'NHWC' } as const;

/**
 * Batch normalisation by TensorFlow's fused ops.
 *
 * @see https://www.tensorflow.org/api_docs/python/tf/raw_ops/FusedBatchNormV3
 */
export const nativeBatchNorm: BatchNormKernels = {
  forwardBatch(x, { gamma, beta, runningMean, runningVariance }, { epsilon, relu }) {
    const [normalised, mean, variance, ...saved] = runNativeOp(
      'FusedBatchNormV3',
      { ...TYPES, epsilon, is_training: true },
      [x, gamma, beta, runningMean, runningVariance],
      6,
    ) as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor, tf.Tensor, tf.Tensor];
    return { y: relu ? reluOf(normalised) : normalised, mean, variance, saved };
  },

  forwardRunning(x, { gamma, beta, runningMean, runningVariance }, { epsilon, relu }) {
    const [normalised] = runNativeOp(
      'FusedBatchNormV3',
      { ...TYPES, epsilon, is_training: false },
      [x, gamma, beta, runningMean, runningVariance],
      6,
    ) as [tf.Tensor4D];
    return relu ? reluOf(normalised) : normalised;
  },

  backward(dy, x, y, gamma, saved, { epsilon, relu, batchStatistics }) {
    const gradient = relu ? reluGradient(dy, y) : dy;
    const [mean, variance, reserve = mean!] = saved;
    const [dx, dGamma, dBeta] = runNativeOp(
      'FusedBatchNormGradV3',
      { ...TYPES, epsilon, is_training: batchStatistics },
      [gradient, x, gamma, mean!, variance!, reserve],
      5,
    );
    if (gradient !== dy) gradient.dispose();
    return [dx as tf.Tensor4D, dGamma as tf.Tensor1D, dBeta as tf.Tensor1D];
  },
};

function reluOf(x: tf.Tensor4D): tf.Tensor4D {
  const y = runNativeOp('Relu', { T: FLOAT }, [x], 1)[0] as tf.Tensor4D;
  x.dispose();
  return y;
}
