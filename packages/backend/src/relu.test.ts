import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from '@jest/globals';
import { relu } from './relu.js';
import { selectBackend } from './select-backend.js';

test.each(['native', 'cpu'] as const)(
  'value and gradient are those of tfjs, and nothing is left: %s',
  async (backend) => {
    await selectBackend(backend);
    const x = tf.tensor2d([-1, 0, 2, 3, -4, 5], [2, 3]);
    const dy = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const before = tf.memory().numTensors;
    const y = relu(x);
    const dx = tf.grad((a) => relu(a))(x, dy);
    expect([...y.dataSync()]).toEqual([0, 0, 2, 3, 0, 5]);
    expect([...dx.dataSync()].map(Math.abs)).toEqual([0, 0, 3, 4, 0, 6]);
    tf.dispose([y, dx]);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([x, dy]);
  },
);
