import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@lungseg/backend';
import { withFlips, type FlipAxis } from './flips.js';
import type { Predictor } from './sliding-window.js';

beforeAll(async () => {
  await selectBackend('cpu');
});

/** Adds each voxel's index along x: not symmetric. */
const addX: Predictor = (window) => {
  const w = window.shape[3];
  return tf.tidy(() => tf.add(window, tf.reshape(tf.range(0, w, 1, 'float32'), [1, 1, 1, w, 1])));
};

describe('withFlips', () => {
  test('averages a window and its mirror image, turned back', () => {
    const before = tf.memory().numTensors;
    const window = tf.tensor5d([10, 20, 30], [1, 1, 1, 3, 1]);
    const mean = withFlips(addX, ['x'])(window);
    // (10 + 0, 20 + 1, 30 + 2) and, turned back, (10 + 2, 20 + 1, 30 + 0).
    expect([...mean.dataSync()]).toEqual([11, 21, 31]);
    tf.dispose([window, mean]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([
    [[], 1],
    [['y'], 2],
    [['x', 'z'], 4],
    [['x', 'y', 'z'], 8],
  ] as [FlipAxis[], number][])(
    'asks for %j %d time(s), and leaves what is symmetric as it is',
    (axes, times) => {
      let calls = 0;
      const window = tf.randomNormal<tf.Rank.R5>([2, 2, 3, 4, 1], 0, 1, 'float32', 1);
      const count: Predictor = (x) => {
        calls++;
        return tf.mul(x, 2);
      };
      const mean = withFlips(count, axes)(window);
      expect(calls).toBe(times);
      const expected = window.dataSync();
      mean.dataSync().forEach((value, n) => expect(value).toBeCloseTo(2 * expected[n]!, 5));
      tf.dispose([window, mean]);
    },
  );

  test('refuses an axis that comes twice or is unknown', () => {
    expect(() => withFlips(addX, ['x', 'x'])).toThrow(
      'axes must be some of x, y, z, each once. Received: x, x.',
    );
    expect(() => withFlips(addX, ['c' as FlipAxis])).toThrow('Received: c.');
  });
});
