import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError, type Loss } from '@lungseg/core';
import { alignLogitsAndLabel, assertIgnoreLabel, meanOverCounted, type IgnoreOptions } from './align.js';
import { withoutBackground } from './overlap.js';

/** Options of {@link focalLoss}, named as MONAI's. */
export interface FocalLossOptions extends IgnoreOptions {
  /**
   * Whether class 0 counts; true by default. Where it doesn't, its logits are left out of the softmax, too, as in MONAI.
   */
  readonly includeBackground?: boolean;
  /** How strongly voxels that are right already are played down; 2 by default. With 0 the loss is cross-entropy's. */
  readonly gamma?: number;
  /** Balance, from 0 to 1: factor alpha for every class but 0, which has 1 - alpha; no factors by default. */
  readonly alpha?: number;
}

/**
 * Focal loss over the softmax of logits: `-α (1 - p_label)^γ log p_label` at each voxel, averaged over voxels, batch
 * and classes. Dividing by the number of classes, too, is MONAI's way.
 *
 * Input: logits [N, ..., C] and label numbers [N, ..., 1] of the same spatial shape. Output: a scalar.
 *
 * @throws ShapeError when the two shapes don't belong together, or there is a single class
 * @throws InvalidArgumentError when gamma is negative, alpha isn't in [0, 1] or comes without a background to
 *   balance
 * @see Lin et al., https://arxiv.org/abs/1708.02002; MONAI's FocalLoss(to_onehot_y=True, use_softmax=True)
 * @example
 * const loss = focalLoss({ gamma: 2, alpha: 0.75 });
 */
export function focalLoss(options: FocalLossOptions = {}): Loss<tf.Tensor> {
  const { includeBackground = true, gamma = 2, alpha } = options;
  assertIgnoreLabel(options);
  checkOptions(options);
  return (logits, label) =>
    tf.tidy(() => {
      const aligned = alignLogitsAndLabel(logits, label, options);
      const rows = includeBackground ? aligned.logits : withoutBackground(aligned.logits);
      const oneHot = includeBackground ? aligned.oneHot : withoutBackground(aligned.oneHot);
      const logProbabilities = tf.logSoftmax(rows);
      // With gamma 0 the power is 1 everywhere; its gradient where a probability is 1 would be 0 times infinity.
      const focused =
        gamma === 0
          ? logProbabilities
          : tf.mul(tf.pow(tf.sub(1, tf.exp(logProbabilities)), gamma), logProbabilities);
      const terms = tf.mul<tf.Tensor3D>(focused, oneHot);
      if (alpha === undefined) return tf.neg(meanOverCounted(terms, aligned));
      const factors = Array.from({ length: rows.shape[2] }, (_, c) => (c === 0 ? 1 - alpha : alpha));
      return tf.neg(meanOverCounted(tf.mul(terms, tf.tensor1d(factors)), aligned));
    });
}

function checkOptions({ includeBackground = true, gamma = 2, alpha }: FocalLossOptions): void {
  if (!(gamma >= 0)) throw new InvalidArgumentError(`gamma must be 0 or more. Received: ${gamma}.`);
  if (alpha === undefined) return;
  if (!(alpha >= 0 && alpha <= 1)) {
    throw new InvalidArgumentError(`alpha must be between 0 and 1. Received: ${alpha}.`);
  }
  if (!includeBackground) {
    throw new InvalidArgumentError(
      'alpha balances the background against the rest. Received: alpha with includeBackground: false. Leave one out.',
    );
  }
}
