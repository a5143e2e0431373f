import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from '@lungseg/core';
import { alignLogitsAndLabel } from './align.js';
import { diceLoss, type DiceLossOptions } from './dice-loss.js';

/**
 * The sum of {@link diceLoss} and the mean cross-entropy over all voxels.
 *
 * Input: logits [N, ..., C] and label numbers [N, ..., 1] of the same spatial shape. Output: a scalar.
 *
 * @throws ShapeError when the two shapes don't belong together
 * @see Taghanaki et al., https://arxiv.org/abs/1805.02798; MONAI's DiceCELoss(to_onehot_y=True, softmax=True)
 */
export function diceCrossEntropyLoss(options: DiceLossOptions = {}): Loss<tf.Tensor> {
  const dice = diceLoss(options);
  return (logits, label) =>
    tf.tidy(() => {
      const { logits: rows, oneHot } = alignLogitsAndLabel(logits, label);
      const logLikelihood = tf.sum(tf.mul(oneHot, tf.logSoftmax(rows)), 2);
      return tf.sub(dice(logits, label), tf.mean(logLikelihood));
    });
}
