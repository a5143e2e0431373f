import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '@lungseg/core';
import type { Predictor } from './sliding-window.js';

/** Axes that a window can be flipped along. */
export const FLIP_AXES = ['x', 'y', 'z'] as const;

/** One of {@link FLIP_AXES}. */
export type FlipAxis = (typeof FLIP_AXES)[number];

/** The place of an axis in [N, D, H, W, C]. */
const TENSOR_AXIS: Readonly<Record<FlipAxis, number>> = { x: 3, y: 2, z: 1 };

/**
 * Test-time augmentation: the mean of what a predictor says of a window and of its mirror images, each turned back.
 *
 * @param predict what is asked, once for every combination of flips: 2, 4 or 8 times
 * @param axes along which to flip, each once
 * @returns a predictor for `slidingWindow`
 * @throws InvalidArgumentError for an unknown axis, or one that comes twice
 * @see Wang et al., https://doi.org/10.1016/j.neucom.2019.01.103
 * @example
 * await slidingWindow(image, withFlips(predict, ['x', 'y']), { window: [224, 224, 32] });
 */
export function withFlips(predict: Predictor, axes: readonly FlipAxis[]): Predictor {
  if (!axes.every((axis) => FLIP_AXES.includes(axis)) || new Set(axes).size !== axes.length) {
    throw new InvalidArgumentError(
      `axes must be some of ${FLIP_AXES.join(', ')}, each once. Received: ${axes.join(', ')}.`,
    );
  }
  const combinations = axes.reduce<number[][]>(
    (all, axis) => [...all, ...all.map((flips) => [...flips, TENSOR_AXIS[axis]])],
    [[]],
  );
  return (window) => {
    let sum: tf.Tensor | undefined;
    for (const flips of combinations) {
      const previous = sum;
      sum = tf.tidy(() => {
        const flipped = flips.length === 0 ? window : tf.reverse(window, flips);
        const output = predict(flipped);
        const turned = flips.length === 0 ? output : tf.reverse(output, flips);
        return previous === undefined ? turned : tf.add(previous, turned);
      });
      previous?.dispose();
    }
    const mean = tf.div(sum!, combinations.length);
    sum!.dispose();
    return mean;
  };
}
