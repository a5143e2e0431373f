import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError, ShapeError, type Loss } from '@lungseg/core';

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
      const { probabilities, oneHot } = alignLogitsAndLabel(logits, label);
      const axes = batch ? [0, 1] : [1];
      const intersection = tf.sum(tf.mul(probabilities, oneHot), axes);
      const total = tf.add(tf.sum(probabilities, axes), tf.sum(oneHot, axes));
      const dice = tf.div(tf.add(tf.mul(intersection, 2), smoothNumerator), tf.add(total, smoothDenominator));
      return tf.sub(1, tf.mean(includeBackground ? dice : withoutFirst(dice)));
    });
}

/** Softmax probabilities and one-hot labels, both [N, voxels, C]. */
function alignLogitsAndLabel(
  logits: tf.Tensor,
  label: tf.Tensor,
): { probabilities: tf.Tensor3D; oneHot: tf.Tensor3D } {
  const n = logits.shape[0]!;
  const classes = logits.shape[logits.rank - 1]!;
  if (label.shape.join() !== [...logits.shape.slice(0, -1), 1].join()) {
    throw new ShapeError(
      `label must be [${[...logits.shape.slice(0, -1), 1].join(', ')}], one number a voxel. Received: [${label.shape.join(', ')}].`,
    );
  }
  const voxels = logits.size / n / classes;
  const numbers = tf.reshape(tf.cast(label, 'int32'), [n, voxels]);
  return {
    probabilities: tf.softmax(tf.reshape(logits, [n, voxels, classes])) as tf.Tensor3D,
    oneHot: tf.oneHot(numbers as tf.Tensor2D, classes) as tf.Tensor3D,
  };
}

function withoutFirst(dice: tf.Tensor): tf.Tensor {
  const classes = dice.shape[dice.rank - 1]!;
  if (classes < 2) {
    throw new InvalidArgumentError('includeBackground: false needs two classes or more. Received: 1.');
  }
  return dice.rank === 1 ? tf.slice(dice, [1], [classes - 1]) : tf.slice(dice, [0, 1], [-1, classes - 1]);
}
