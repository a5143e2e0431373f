import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError, tensorShapeOf, toFloat32, type Sample } from '@lungseg/core';
import type { Batch } from './optimization-step.js';

/**
 * The tensors of samples, one at a time; each is disposed when the next one is asked for.
 *
 * @throws InvalidArgumentError when a sample has no image or no label
 */
export function* sampleTensors(samples: readonly Sample[]): Generator<Batch, void> {
  for (const sample of samples) {
    const { image, label } = sample;
    if (image === undefined || label === undefined) {
      throw new InvalidArgumentError(
        `A sample must have image and label. Received: ${Object.keys(sample).join(', ')}.`,
      );
    }
    const shape = tensorShapeOf(image.geometry.size);
    const tensors = [image, label].map((volume) => tf.tensor(toFloat32(volume).data, shape, 'float32'));
    try {
      yield { image: tensors[0]!, label: tensors[1]! };
    } finally {
      tf.dispose(tensors);
    }
  }
}

/** What a sample looks like, for the message that a step went wrong with it. */
export function describeSample({ image, label }: Sample): string {
  let [low, high, notFinite, lung] = [Infinity, -Infinity, 0, 0];
  for (const value of image?.data ?? []) {
    if (!Number.isFinite(value)) notFinite++;
    else [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  for (const value of label?.data ?? []) if (value !== 0) lung++;
  const share = ((100 * lung) / Math.max(1, label?.data.length ?? 0)).toFixed(1);
  return `its image goes from ${low} to ${high} with ${notFinite} values that are not finite, and ${share} % of its label is foreground`;
}
