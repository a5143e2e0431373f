import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError, type Loss } from '@lungseg/core';
import { alignLogitsAndLabel } from './align.js';

/** Options of {@link diceLoss}, named as MONAI's. */
export interface DiceLossOptions {
  /** Whether class 0 counts; true by default. */
  readonly includeBackground?: boolean;
  /** Whether intersections and unions are summed over the batch before dividing; false by default. */
  readonly batch?: boolean;
  /** Added to the numerator; 1e-5 by default. */
  readonly smoothNumerator?: number;
  /** Added to the denominator; 1e-5 by default. */
  readonly smoothDenominator?: number;
}

/**
 * Soft Dice loss over the softmax of logits, averaged over classes and batch:
 * `1 - (2 Σ p g + s) / (Σ p + Σ g + s)`.
 *
 * Input: logits [N, ..., C] and label numbers [N, ..., 1] of the same spatial shape. Output: a scalar.
 *
 * @throws ShapeError when the two shapes don't belong together
 * @throws InvalidArgumentError when the background is left out of a single class
 * @see Milletari et al., https://arxiv.org/abs/1606.04797; MONAI's DiceLoss(to_onehot_y=True, softmax=True)
 * @example
 * const loss = diceLoss();
 * const value = loss(network.apply(image, 'train'), label);
 */
export function diceLoss(options: DiceLossOptions = {}): Loss<tf.Tensor> {
  const {
    includeBackground = true,
    batch = false,
    smoothNumerator = 1e-5,
    smoothDenominator = 1e-5,
  } = options;
  return (logits, label) =>
    tf.tidy(() => {
      const { logits: rows, oneHot } = alignLogitsAndLabel(logits, label);
      const probabilities = tf.softmax(rows);
      const axes = batch ? [0, 1] : [1];
      const intersection = tf.sum(tf.mul(probabilities, oneHot), axes);
      const total = tf.add(tf.sum(probabilities, axes), tf.sum(oneHot, axes));
      const dice = tf.div(tf.add(tf.mul(intersection, 2), smoothNumerator), tf.add(total, smoothDenominator));
      return tf.sub(1, tf.mean(includeBackground ? dice : withoutFirst(dice)));
    });
}

function withoutFirst(dice: tf.Tensor): tf.Tensor {
  const classes = dice.shape[dice.rank - 1]!;
  if (classes < 2) {
    throw new InvalidArgumentError('includeBackground: false needs two classes or more. Received: 1.');
  }
  return dice.rank === 1 ? tf.slice(dice, [1], [classes - 1]) : tf.slice(dice, [0, 1], [-1, classes - 1]);
}
