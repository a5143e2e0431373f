import * as tf from '@tensorflow/tfjs-core';
import type { BatchNormKernels } from './batch-norm.js';

const AXES = [0, 1, 2];

/** Batch normalisation composed of ordinary tfjs ops: works on every backend, and is what the native ops are tested against. */
export const portableBatchNorm: BatchNormKernels = {
  forwardBatch(x, { gamma, beta }, { epsilon, relu }) {
    const { mean, variance } = tf.moments(x, AXES) as { mean: tf.Tensor1D; variance: tf.Tensor1D };
    const count = x.size / mean.size;
    const y = normalise(x, mean, variance, gamma, beta, epsilon);
    return {
      y: relu ? tf.relu(y) : y,
      mean,
      variance: tf.mul(variance, count / Math.max(1, count - 1)),
      saved: [mean, variance],
    };
  },

  forwardRunning(x, { gamma, beta, runningMean, runningVariance }, { epsilon, relu }) {
    const y = normalise(x, runningMean, runningVariance, gamma, beta, epsilon);
    return relu ? tf.relu(y) : y;
  },

  backward(dy, x, y, gamma, saved, { epsilon, relu, batchStatistics }) {
    const [mean, variance] = saved as [tf.Tensor1D, tf.Tensor1D];
    const gradient = relu ? tf.mul(dy, tf.step(y)) : dy;
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const normalised = tf.mul(tf.sub(x, mean), inverse);
    const dBeta = tf.sum(gradient, AXES) as tf.Tensor1D;
    const dGamma = tf.sum(tf.mul(gradient, normalised), AXES) as tf.Tensor1D;
    const scale = tf.mul(gamma, inverse);
    if (!batchStatistics) return [tf.mul(gradient, scale), dGamma, dBeta];
    const count = x.size / gamma.size;
    const centred = tf.sub(tf.sub(gradient, tf.div(dBeta, count)), tf.mul(normalised, tf.div(dGamma, count)));
    return [tf.mul(centred, scale), dGamma, dBeta];
  },
};

function normalise(
  x: tf.Tensor4D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): tf.Tensor4D {
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(x, scale), tf.sub(beta, tf.mul(mean, scale)));
}
