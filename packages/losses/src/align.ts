import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '@lungseg/core';

/**
 * Brings logits [N, ..., C] and label numbers [N, ..., 1] to [N, voxels, C] each, the label as one-hot rows.
 *
 * @throws ShapeError when the two shapes don't belong together, or there is a single class
 */
export function alignLogitsAndLabel(
  logits: tf.Tensor,
  label: tf.Tensor,
): { readonly logits: tf.Tensor3D; readonly oneHot: tf.Tensor3D } {
  const n = logits.shape[0];
  const classes = logits.shape[logits.rank - 1]!;
  if (classes < 2) {
    throw new ShapeError(
      `logits must have two channels or more, one for each class. Received: [${logits.shape.join(', ')}].`,
    );
  }
  const expected = [...logits.shape.slice(0, -1), 1];
  if (label.shape.join() !== expected.join()) {
    throw new ShapeError(
      `label must be [${expected.join(', ')}], one number a voxel. Received: [${label.shape.join(', ')}].`,
    );
  }
  const voxels = logits.size / n / classes;
  const numbers = tf.reshape(tf.cast(label, 'int32'), [n, voxels]) as tf.Tensor2D;
  return {
    logits: tf.reshape(logits, [n, voxels, classes]),
    oneHot: tf.oneHot(numbers, classes) as tf.Tensor3D,
  };
}
