import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from '@lungseg/core';
import { assertIgnoreLabel } from './align.js';
import { overlapSums, type OverlapOptions } from './overlap.js';

/** Options of {@link diceLoss}, named as MONAI's. */
export interface DiceLossOptions extends OverlapOptions {
  /** Whether the denominator sums squares, as in V-Net's paper; false by default. */
  readonly squaredPred?: boolean;
  /** Whether the index is Jaccard's (soft IoU) instead of Dice's; false by default. */
  readonly jaccard?: boolean;
}

/**
 * Soft Dice loss over the softmax of logits, averaged over classes and batch:
 * `1 - (2 Σ p g + s) / (Σ p + Σ g + s)`; squared, `1 - (2 Σ p g + s) / (Σ p² + Σ g² + s)`; by Jaccard's index,
 * `1 - (2 Σ p g + s) / (2 (Σ p + Σ g - Σ p g) + s)`.
 *
 * Input: logits [N, ..., C] and label numbers [N, ..., 1] of the same spatial shape. Output: a scalar.
 *
 * @throws ShapeError when the two shapes don't belong together, or there is a single class
 * @throws InvalidArgumentError when the ignored label is no whole number
 * @see Milletari et al., https://arxiv.org/abs/1606.04797; MONAI's DiceLoss(to_onehot_y=True, softmax=True)
 * @example
 * const loss = diceLoss({ squaredPred: true });
 * const value = loss(network.apply(image, 'train'), label);
 */
export function diceLoss(options: DiceLossOptions = {}): Loss<tf.Tensor> {
  assertIgnoreLabel(options);
  const { jaccard = false, smoothNr = 1e-5, smoothDr = 1e-5 } = options;
  return (logits, label) =>
    tf.tidy(() => {
      const { shared, predicted, present } = overlapSums(logits, label, options);
      const twice = tf.mul(shared, 2);
      const both = tf.add(predicted, present);
      const total = jaccard ? tf.sub(tf.mul(both, 2), twice) : both;
      return tf.sub(1, tf.mean(tf.div(tf.add(twice, smoothNr), tf.add(total, smoothDr))));
    });
}
