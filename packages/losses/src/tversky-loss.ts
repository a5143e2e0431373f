import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError, type Loss } from '@lungseg/core';
import { assertIgnoreLabel } from './align.js';
import { overlapSums, type OverlapOptions } from './overlap.js';

/** Options of {@link tverskyLoss}, named as MONAI's. */
export interface TverskyLossOptions extends OverlapOptions {
  /** Weight of false positives; 0.5 by default. */
  readonly alpha?: number;
  /** Weight of false negatives; 0.5 by default. With both at 0.5 the loss is Dice's, with both at 1 Jaccard's. */
  readonly beta?: number;
}

/**
 * Tversky loss over the softmax of logits, averaged over classes and batch:
 * `1 - (Σ p g + s) / (Σ p g + α Σ p (1 - g) + β Σ (1 - p) g + s)`. A β above α asks for sensitivity.
 *
 * Input: logits [N, ..., C] and label numbers [N, ..., 1] of the same spatial shape. Output: a scalar.
 *
 * @throws ShapeError when the two shapes don't belong together, or there is a single class
 * @throws InvalidArgumentError when alpha or beta is negative
 * @see Salehi et al., https://arxiv.org/abs/1706.05721; MONAI's TverskyLoss(to_onehot_y=True, softmax=True)
 * @example
 * const loss = tverskyLoss({ alpha: 0.3, beta: 0.7 });
 */
export function tverskyLoss(options: TverskyLossOptions = {}): Loss<tf.Tensor> {
  assertIgnoreLabel(options);
  const { alpha = 0.5, beta = 0.5, smoothNr = 1e-5, smoothDr = 1e-5 } = options;
  if (!(alpha >= 0 && beta >= 0)) {
    throw new InvalidArgumentError(`alpha and beta must be 0 or more. Received: ${alpha} and ${beta}.`);
  }
  return (logits, label) =>
    tf.tidy(() => {
      const { shared, predicted, present } = overlapSums(logits, label, options);
      const falsePositives = tf.mul(tf.sub(predicted, shared), alpha);
      const falseNegatives = tf.mul(tf.sub(present, shared), beta);
      const denominator = tf.add(tf.add(shared, tf.add(falsePositives, falseNegatives)), smoothDr);
      return tf.sub(1, tf.mean(tf.div(tf.add(shared, smoothNr), denominator)));
    });
}
