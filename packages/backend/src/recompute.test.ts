import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from '@jest/globals';
import { recomputed } from './recompute.js';
import { selectBackend } from './select-backend.js';

beforeAll(async () => {
  await selectBackend('native');
});

/** Two layers, each of them followed by something that is kept for the gradient. */
function network(x: tf.Tensor, weights: readonly tf.Variable[], isRecomputed: boolean): tf.Scalar {
  let y = x;
  for (const w of weights) {
    const layer = (input: tf.Tensor): tf.Tensor => tf.sigmoid(tf.square(tf.matMul(input, w)));
    y = isRecomputed ? recomputed(layer, { inputs: [y], variables: [w] }) : layer(y);
  }
  return tf.sum(y);
}

test('gradients are those of the function itself, and nothing is left in memory', () => {
  const x = tf.randomNormal([4, 3], 0, 1, 'float32', 1);
  const weights = [2, 3].map((seed) => tf.variable(tf.randomNormal([3, 3], 0, 1, 'float32', seed)));
  const before = tf.memory().numTensors;
  const values = [false, true].map((isRecomputed) => {
    const { value, grads } = tf.variableGrads(() => network(x, weights, isRecomputed), weights);
    const numbers = [value, ...Object.values(grads)].map((t) => [...t.dataSync()]);
    tf.dispose([value, grads]);
    return numbers;
  });
  expect(values[1]).toEqual(values[0]);
  expect(values[0]![1]!.some((n) => n !== 0)).toBe(true);
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([x, weights]);
});

test('keeps inputs alone until the backward pass', () => {
  const x = tf.randomNormal([4, 3], 0, 1, 'float32', 1);
  const w = tf.variable(tf.randomNormal([3, 3], 0, 1, 'float32', 2));
  const kept = [false, true].map((isRecomputed) => {
    let during = 0;
    const before = tf.memory().numTensors;
    const { value, grads } = tf.variableGrads(() => {
      const y = network(x, [w, w, w], isRecomputed);
      during = tf.memory().numTensors - before;
      return y;
    });
    tf.dispose([value, grads]);
    return during;
  });
  expect(kept[1]).toBeLessThan(kept[0]! / 2);
  tf.dispose([x, w]);
});

test('a constant gets no gradient', () => {
  const x = tf.tensor1d([1, 2]);
  const w = tf.variable(tf.tensor1d([3, 4]));
  const { value, grads } = tf.variableGrads(() =>
    tf.sum(recomputed((c) => tf.mul(c, w), { inputs: [], constants: [x], variables: [w] })),
  );
  expect([...grads[w.name]!.dataSync()]).toEqual([1, 2]);
  tf.dispose([x, w, value, grads]);
});
