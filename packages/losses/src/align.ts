import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError, ShapeError } from '@lungseg/core';

/** An option that all losses share. */
export interface IgnoreOptions {
  /**
   * The label number of voxels about which the label says nothing, as nnU-Net's ignore label: neither what is found there
   * nor its gradient counts. None by default.
   */
  readonly ignoreLabel?: number;
}

/** @throws InvalidArgumentError when the ignored label is no whole number */
export function assertIgnoreLabel({ ignoreLabel }: IgnoreOptions): void {
  if (ignoreLabel === undefined || Number.isInteger(ignoreLabel)) return;
  throw new InvalidArgumentError(`ignoreLabel must be a whole number. Received: ${ignoreLabel}.`);
}

/** Logits and label as rows of voxels. */
export interface AlignedRows {
  /** [N, voxels, C]. */
  readonly logits: tf.Tensor3D;
  /** [N, voxels, C]; all 0 where a voxel doesn't count. */
  readonly oneHot: tf.Tensor3D;
  /** [N, voxels, 1], 1 where a voxel counts and 0 where not; undefined where all do. */
  readonly counted?: tf.Tensor3D;
}

/**
 * Brings logits [N, ..., C] and label numbers [N, ..., 1] to [N, voxels, C] each, the label as one-hot rows.
 *
 * @param ignoreLabel of voxels that don't count
 * @throws ShapeError when the two shapes don't belong together, or there is a single class
 */
export function alignLogitsAndLabel(
  logits: tf.Tensor,
  label: tf.Tensor,
  { ignoreLabel }: IgnoreOptions = {},
): AlignedRows {
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
  const rows = tf.reshape(logits, [n, voxels, classes]) as tf.Tensor3D;
  const oneHot = tf.oneHot(numbers, classes) as tf.Tensor3D;
  if (ignoreLabel === undefined) return { logits: rows, oneHot };
  const counted = tf.expandDims(tf.cast(tf.notEqual(numbers, ignoreLabel), 'float32'), 2) as tf.Tensor3D;
  return { logits: rows, oneHot: tf.mul(oneHot, counted), counted };
}

/** The mean of a value a voxel over those that count: [N, voxels, C] to a scalar, 0 where none does. */
export function meanOverCounted(values: tf.Tensor3D, { counted }: Pick<AlignedRows, 'counted'>): tf.Tensor {
  if (counted === undefined) return tf.mean(values);
  const number = tf.maximum(tf.sum(counted), 1);
  return tf.div(tf.sum(tf.mul(values, counted)), tf.mul(number, values.shape[2]));
}
