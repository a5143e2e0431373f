import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from '@lungseg/core';
import { assertIgnoreLabel } from './align.js';
import { overlapSums, type OverlapOptions } from './overlap.js';

/** How a class's weight falls with its volume in the label: `1 / G²`, `1 / G`, or not at all. */
export type GeneralizedDiceWeight = 'square' | 'simple' | 'uniform';

/** Options of {@link generalizedDiceLoss}, named as MONAI's. */
export interface GeneralizedDiceLossOptions extends OverlapOptions {
  /** How a class is weighted; `square` by default, as in the paper. */
  readonly wType?: GeneralizedDiceWeight;
}

/**
 * Generalised Dice loss over the softmax of logits: classes are summed before dividing, each with a weight w that
 * falls with its volume in the label, so that small structures count as much as large ones:
 * `1 - (2 Σ_c w Σ p g + s) / (Σ_c w (Σ p + Σ g) + s)`, averaged over the batch.
 *
 * A class that the label lacks takes the largest weight of the others.
 *
 * Input: logits [N, ..., C] and label numbers [N, ..., 1] of the same spatial shape. Output: a scalar.
 *
 * @throws ShapeError when the two shapes don't belong together, or there is a single class
 * @throws InvalidArgumentError when the ignored label is no whole number
 * @see Sudre et al., https://arxiv.org/abs/1707.03237; MONAI's GeneralizedDiceLoss(to_onehot_y=True, softmax=True)
 * @example
 * const loss = generalizedDiceLoss({ wType: 'simple' });
 */
export function generalizedDiceLoss(options: GeneralizedDiceLossOptions = {}): Loss<tf.Tensor> {
  assertIgnoreLabel(options);
  const { wType = 'square', smoothNr = 1e-5, smoothDr = 1e-5 } = options;
  return (logits, label) =>
    tf.tidy(() => {
      const { shared, predicted, present } = overlapSums(logits, label, options);
      const weights = classWeights(present, wType);
      const weighted = (values: tf.Tensor): tf.Tensor => tf.sum(tf.mul(values, weights), 1);
      const numerator = tf.add(tf.mul(weighted(shared), 2), smoothNr);
      const denominator = tf.add(weighted(tf.add(predicted, present)), smoothDr);
      return tf.sub(1, tf.mean(tf.div(numerator, denominator)));
    });
}

/** Weights [N, C] from the label's volumes [N, C]. */
function classWeights(present: tf.Tensor2D, wType: GeneralizedDiceWeight): tf.Tensor {
  if (wType === 'uniform') return tf.onesLike(present);
  const missing = tf.equal(present, 0);
  const inverse = tf.reciprocal(wType === 'square' ? tf.square(present) : present);
  const weights = tf.where(missing, tf.zerosLike(present), inverse);
  return tf.add(weights, tf.mul(tf.cast(missing, 'float32'), tf.max(weights, 1, true)));
}
