import * as tf from '@tensorflow/tfjs-core';
import { alignLogitsAndLabel, type IgnoreOptions } from './align.js';

/** Options that the losses of Dice's family share, named as MONAI's. */
export interface OverlapOptions extends IgnoreOptions {
  /** Whether class 0 counts; true by default. */
  readonly includeBackground?: boolean;
  /** Whether sums run over the batch, too, before they are divided; false by default. */
  readonly batch?: boolean;
  /** Added to the numerator; 1e-5 by default. */
  readonly smoothNr?: number;
  /** Added to the denominator; 1e-5 by default. */
  readonly smoothDr?: number;
}

/** Sums over voxels for each class, [N, C], or [1, C] where they run over the batch. */
export interface OverlapSums {
  /** `Σ p g`. */
  readonly shared: tf.Tensor2D;
  /** `Σ p`, or `Σ p²`. */
  readonly predicted: tf.Tensor2D;
  /** `Σ g`, which for one-hot labels is `Σ g²`, too. */
  readonly present: tf.Tensor2D;
}

/**
 * The softmax of logits compared with the label, class by class. Call it inside of `tf.tidy`.
 *
 * @throws ShapeError when the two shapes don't belong together, or there is a single class
 */
export function overlapSums(
  logits: tf.Tensor,
  label: tf.Tensor,
  options: OverlapOptions & { readonly squaredPred?: boolean },
): OverlapSums {
  const { includeBackground = true, batch = false, squaredPred = false } = options;
  const { logits: rows, oneHot, counted } = alignLogitsAndLabel(logits, label, options);
  const everywhere = tf.softmax(rows);
  const probabilities = counted === undefined ? everywhere : tf.mul(everywhere, counted);
  const sum = (values: tf.Tensor): tf.Tensor2D => {
    const total = tf.reshape(tf.sum(values, batch ? [0, 1] : 1), [-1, rows.shape[2]]) as tf.Tensor2D;
    return includeBackground ? total : withoutBackground(total);
  };
  return {
    shared: sum(tf.mul(probabilities, oneHot)),
    predicted: sum(squaredPred ? tf.square(probabilities) : probabilities),
    present: tf.cast(sum(oneHot), 'float32'),
  };
}

/** Drops class 0 from the last axis. */
export function withoutBackground<T extends tf.Tensor>(tensor: T): T {
  const begin = tensor.shape.map((_, axis) => (axis === tensor.rank - 1 ? 1 : 0));
  return tf.slice(tensor, begin);
}
