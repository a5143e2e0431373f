import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from '@jest/globals';
import { valueAndGradients } from './gradients.js';
import { maxPoolPadded, type MaxPoolOptions } from './max-pool.js';
import { selectBackend } from './select-backend.js';

const OPTIONS: Record<string, MaxPoolOptions> = {
  'both axes': {
    window: [3, 3],
    strides: [2, 2],
    padding: [
      [1, 0],
      [1, 1],
    ],
  },
  'one axis': {
    window: [3, 1],
    strides: [2, 1],
    padding: [
      [1, 0],
      [0, 0],
    ],
  },
  'no padding': {
    window: [2, 3],
    strides: [2, 3],
    padding: [
      [0, 0],
      [0, 0],
    ],
  },
};

test.each(
  (['native', 'cpu'] as const).flatMap((backend) =>
    Object.keys(OPTIONS).map((name) => [backend, name] as const),
  ),
)(
  'after a ReLU, value and gradient are those of a padded copy, and nothing is left: %s, %s',
  async (backend, name) => {
    await selectBackend(backend);
    const options = OPTIONS[name]!;
    const { window, strides, padding } = options;
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const x = tf.randomNormal([2, 8, 9, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
      const reference = (a: tf.Tensor4D): tf.Tensor4D =>
        tf.maxPool(
          tf.pad(a, [[0, 0], [...padding[0]], [...padding[1]], [0, 0]]),
          [...window],
          [...strides],
          'valid',
        );
      const dy = tf.randomNormal(reference(x).shape, 0, 1, 'float32', 2);
      const [own, expected] = [(a: tf.Tensor4D) => maxPoolPadded(a, options), reference].map((pool) => {
        const { value, gradients } = valueAndGradients(() => pool(tf.relu(x)), [x], dy);
        // tfjs's ReLU has gradients of -0.
        const dx = [...gradients[0]!.dataSync()].map((v) => v + 0);
        return { shape: value.shape, y: [...value.dataSync()], dx };
      });
      expect(own).toEqual(expected);
    });
    expect(tf.memory().numTensors).toBe(before);
  },
);

test('natively, nothing is kept for the gradient but what there is anyway', async () => {
  await selectBackend('native');
  tf.tidy(() => {
    const x = tf.ones([1, 8, 8, 4]) as tf.Tensor4D;
    let made = 0;
    valueAndGradients(() => {
      const before = tf.memory().numDataBuffers;
      const y = tf.tidy(() => maxPoolPadded(x, OPTIONS['both axes']!));
      made = tf.memory().numDataBuffers - before;
      return y;
    }, [x]);
    // The result.
    expect(made).toBe(1);
  });
});
