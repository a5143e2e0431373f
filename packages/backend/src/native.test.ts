import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from '@jest/globals';
import { valuesOf } from './native.js';
import { selectBackend } from './select-backend.js';

test.each(['native', 'cpu'] as const)("values are the caller's own: %s", async (backend) => {
  await selectBackend(backend);
  const given = Float32Array.of(1, 2, 3);
  const x = tf.tensor1d(given);
  for (const tensor of [x, tf.square(tf.sqrt(x))]) {
    const expected = [...tensor.dataSync()];
    valuesOf(tensor).fill(7);
    expect([...tensor.dataSync()]).toEqual(expected);
    tensor.dispose();
  }
  expect([...given]).toEqual([1, 2, 3]);
});
