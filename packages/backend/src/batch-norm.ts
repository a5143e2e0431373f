import * as tf from '@tensorflow/tfjs-core';
import { isNative } from './native.js';
import { nativeBatchNorm } from './batch-norm-native.js';
import { portableBatchNorm } from './batch-norm-portable.js';

/** The four parameters of a batch normalisation over C channels, each of shape [C]. */
export interface BatchNormParameters {
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
  readonly runningMean: tf.Tensor1D;
  readonly runningVariance: tf.Tensor1D;
}

/** How a batch normalisation is computed. */
export interface BatchNormOptions {
  /** Added to the variance. */
  readonly epsilon: number;
  /** Whether a ReLU follows, in the same pass. */
  readonly relu: boolean;
}

/** What an implementation of batch normalisation provides, all over NHWC tensors of rank 4. */
export interface BatchNormKernels {
  /** y, and the batch's mean and unbiased variance, as a forward pass in training gives them. */
  forwardBatch(x: tf.Tensor4D, p: BatchNormParameters, o: BatchNormOptions): BatchForward;
  /** y by the running statistics. */
  forwardRunning(x: tf.Tensor4D, p: BatchNormParameters, o: BatchNormOptions): tf.Tensor4D;
  /**
   * Gradients with respect to x, gamma, beta; `saved` is what forwardBatch returned, or the running statistics. y counts only
   * where a ReLU follows.
   */
  backward(
    dy: tf.Tensor4D,
    x: tf.Tensor4D,
    y: tf.Tensor4D,
    gamma: tf.Tensor1D,
    saved: readonly tf.Tensor[],
    o: BatchNormOptions & { readonly batchStatistics: boolean },
  ): [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
}

/** The result of {@link BatchNormKernels.forwardBatch}. */
export interface BatchForward {
  readonly y: tf.Tensor4D;
  readonly mean: tf.Tensor1D;
  /** The unbiased variance, as the running variance takes it in PyTorch. */
  readonly variance: tf.Tensor1D;
  /** What the backward pass needs besides x, y and gamma. */
  readonly saved: readonly tf.Tensor[];
}

/** The result of {@link batchNormTrain} and {@link batchRenormTrain}; the caller disposes all three. */
export interface BatchNormTrainResult<T> {
  readonly y: T;
  /** The batch's mean, [C]. */
  readonly mean: tf.Tensor1D;
  /** The batch's unbiased variance, [C]. */
  readonly variance: tf.Tensor1D;
}

const kernels = (): BatchNormKernels => (isNative() ? nativeBatchNorm : portableBatchNorm);

/**
 * Batch normalisation by the batch's own statistics, optionally followed by ReLU, with its gradient as one
 * operation that keeps only its input, and with ReLU its output.
 *
 * Input shape: [..., C], any rank of 2 or more. Output shape: the same.
 *
 * @returns y, and the batch's mean and unbiased variance
 * @see Ioffe and Szegedy, https://arxiv.org/abs/1502.03167
 */
export function batchNormTrain<T extends tf.Tensor>(
  x: T,
  parameters: BatchNormParameters,
  options: BatchNormOptions,
): BatchNormTrainResult<T> {
  const k = kernels();
  return byBatchStatistics(x, parameters, options, (x4, p) => {
    const batch = k.forwardBatch(x4, p, options);
    return { ...batch, scaledGamma: p.gamma };
  });
}

/** How far batch renormalisation may correct the batch's statistics: the limits that its paper ends with. */
const LARGEST_SCALE = 3;
const LARGEST_SHIFT = 5;

/**
 * Batch renormalisation, optionally followed by ReLU: values as the running statistics normalise them, which is what
 * inference will do, but gradients that know of the batch's own statistics, which keeps training stable. Where the two
 * statistics are far apart, by a factor of 3 or by 5 standard deviations, the correction stops there.
 *
 * Input shape: [..., C], any rank of 2 or more. Output shape: the same.
 *
 * @returns y, and the batch's mean and unbiased variance
 * @see Ioffe, https://arxiv.org/abs/1702.03275
 */
export function batchRenormTrain<T extends tf.Tensor>(
  x: T,
  parameters: BatchNormParameters,
  options: BatchNormOptions,
): BatchNormTrainResult<T> {
  const k = kernels();
  return byBatchStatistics(x, parameters, options, (x4, p) => {
    const batch = k.forwardBatch(x4, p, { ...options, relu: false });
    batch.y.dispose();
    const { scale, shift, ...running } = correction(x4, batch, p, options.epsilon);
    const y = k.forwardRunning(x4, { ...p, ...running }, options);
    return { ...batch, y, scaledGamma: tf.mul(p.gamma, scale), correction: { scale, shift } };
  });
}

/** A forward pass whose gradient goes by the batch's statistics. */
interface CorrectedForward extends BatchForward {
  /** What the normalised values were multiplied by. */
  readonly scaledGamma: tf.Tensor1D;
  /** y = gamma * (scale * normalised + shift) + beta, where scale and shift count as constants; 1 and 0 by default. */
  readonly correction?: { readonly scale: tf.Tensor1D; readonly shift: tf.Tensor1D };
}

/** Runs a forward pass as one operation with a gradient, and hands out the batch's statistics. */
function byBatchStatistics<T extends tf.Tensor>(
  x: T,
  parameters: BatchNormParameters,
  options: BatchNormOptions,
  forward: (x: tf.Tensor4D, parameters: BatchNormParameters) => CorrectedForward,
): BatchNormTrainResult<T> {
  const k = kernels();
  let statistics: { mean: tf.Tensor1D; variance: tf.Tensor1D } | undefined;
  const operation = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [input, gamma, beta, save] = args as [tf.Tensor, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    const x4 = asRank4(input);
    const result = forward(x4, { ...parameters, gamma, beta });
    const { y, mean, variance, saved, scaledGamma, correction } = result;
    statistics = { mean: tf.keep(mean.clone()), variance: tf.keep(variance.clone()) };
    const corrections = correction === undefined ? [] : [correction.scale, correction.shift];
    save([x4, options.relu ? y : x4, scaledGamma, ...saved, ...corrections]);
    return {
      value: tf.reshape(y, input.shape),
      gradFunc: (dy: tf.Tensor, kept: tf.Tensor[]) => {
        const [x_, y_, gamma_, ...rest] = kept as [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D, ...tf.Tensor[]];
        const backwardOptions = { ...options, batchStatistics: true };
        const saved_ = rest.slice(0, saved.length);
        const [dx, dGamma, dBeta] = k.backward(asRank4(dy), x_, y_, gamma_, saved_, backwardOptions);
        const [scale, shift] = rest.slice(saved.length);
        const corrected = scale === undefined ? dGamma : tf.add(tf.mul(dGamma, scale), tf.mul(dBeta, shift!));
        return [tf.reshape(dx, dy.shape), corrected, dBeta];
      },
    };
  });
  const y = operation(x, parameters.gamma, parameters.beta) as T;
  return { y, ...statistics! };
}

/**
 * What brings values that a batch normalised to what running statistics would have made of them, and the statistics to
 * which that comes down once its limits are kept.
 */
function correction(
  x: tf.Tensor4D,
  batch: BatchForward,
  { runningMean, runningVariance }: BatchNormParameters,
  epsilon: number,
): Record<'scale' | 'shift' | 'runningMean' | 'runningVariance', tf.Tensor1D> {
  const count = x.size / batch.mean.size;
  const deviation = tf.sqrt(tf.add(tf.mul(batch.variance, (count - 1) / count), epsilon));
  const running = tf.sqrt(tf.add(runningVariance, epsilon));
  const clip = (a: tf.Tensor, from: number, to: number): tf.Tensor1D =>
    tf.clipByValue(a as tf.Tensor1D, from, to);
  const scale = clip(tf.div(deviation, running), 1 / LARGEST_SCALE, LARGEST_SCALE);
  const shift = clip(tf.div(tf.sub(batch.mean, runningMean), running), -LARGEST_SHIFT, LARGEST_SHIFT);
  const effective = tf.div(deviation, scale);
  return {
    scale,
    shift,
    runningMean: tf.sub(batch.mean, tf.mul(shift, effective)),
    runningVariance: tf.sub(tf.square(effective), epsilon),
  };
}

/**
 * Batch normalisation by the running statistics, optionally followed by ReLU; differentiable in x, gamma and beta.
 *
 * Input shape: [..., C], any rank of 2 or more. Output shape: the same.
 */
export function batchNormRunning<T extends tf.Tensor>(
  x: T,
  parameters: BatchNormParameters,
  options: BatchNormOptions,
): T {
  const k = kernels();
  const operation = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [input, gamma, beta, save] = args as [tf.Tensor, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    const x4 = asRank4(input);
    const y = k.forwardRunning(x4, { ...parameters, gamma, beta }, options);
    save([x4, options.relu ? y : x4, gamma, parameters.runningMean, parameters.runningVariance]);
    return {
      value: tf.reshape(y, input.shape),
      gradFunc: (dy: tf.Tensor, kept: tf.Tensor[]) => {
        const [x_, y_, gamma_, ...saved] = kept as [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D, ...tf.Tensor[]];
        const backwardOptions = { ...options, batchStatistics: false };
        const [dx, dGamma, dBeta] = k.backward(asRank4(dy), x_, y_, gamma_, saved, backwardOptions);
        return [tf.reshape(dx, dy.shape), dGamma, dBeta];
      },
    };
  });
  return operation(x, parameters.gamma, parameters.beta) as T;
}

/** The same values as [1, rows, columns, C]: fused kernels take rank 4 only. */
function asRank4(x: tf.Tensor): tf.Tensor4D {
  const channels = x.shape[x.rank - 1]!;
  const columns = x.rank > 2 ? x.shape[x.rank - 2]! : 1;
  return tf.reshape(x, [1, x.size / channels / columns, columns, channels]);
}
