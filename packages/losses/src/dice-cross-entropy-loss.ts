import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError, type Loss } from '@lungseg/core';
import { alignLogitsAndLabel, meanOverCounted } from './align.js';
import { diceLoss, type DiceLossOptions } from './dice-loss.js';

/** Options of {@link diceCrossEntropyLoss}, named as MONAI's; those of Dice alone don't touch the cross-entropy. */
export interface DiceCrossEntropyLossOptions extends DiceLossOptions {
  /** Factor of the Dice loss; 1 by default. */
  readonly lambdaDice?: number;
  /** Factor of the cross-entropy; 1 by default. */
  readonly lambdaCe?: number;
}

/**
 * The weighted sum of {@link diceLoss} and the mean cross-entropy over all voxels that count:
 * `λ_dice Dice - λ_ce mean(log p_label)`.
 *
 * Input: logits [N, ..., C] and label numbers [N, ..., 1] of the same spatial shape. Output: a scalar.
 *
 * @throws ShapeError when the two shapes don't belong together, or there is a single class
 * @throws InvalidArgumentError when a factor is negative
 * @see Taghanaki et al., https://arxiv.org/abs/1805.02798; MONAI's DiceCELoss(to_onehot_y=True, softmax=True)
 * @example
 * const loss = diceCrossEntropyLoss({ includeBackground: false, lambdaCe: 0.5 });
 */
export function diceCrossEntropyLoss(options: DiceCrossEntropyLossOptions = {}): Loss<tf.Tensor> {
  const { lambdaDice = 1, lambdaCe = 1 } = options;
  if (!(lambdaDice >= 0 && lambdaCe >= 0)) {
    throw new InvalidArgumentError(
      `lambdaDice and lambdaCe must be 0 or more. Received: ${lambdaDice} and ${lambdaCe}.`,
    );
  }
  const dice = diceLoss(options);
  return (logits, label) =>
    tf.tidy(() => {
      const rows = alignLogitsAndLabel(logits, label, options);
      const logLikelihood = tf.sum(tf.mul(rows.oneHot, tf.logSoftmax(rows.logits)), 2, true) as tf.Tensor3D;
      const crossEntropy = tf.neg(meanOverCounted(logLikelihood, rows));
      return tf.add(tf.mul(dice(logits, label), lambdaDice), tf.mul(crossEntropy, lambdaCe));
    });
}
