import { beforeAll, beforeEach, afterEach, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@lungseg/backend';
import { Rng, type Vec3 } from '@lungseg/core';
import { importanceMap, type BlendMode } from './importance-map.js';
import { slidingWindow, slidingWindowProbability, type Field, type Predictor } from './sliding-window.js';
import { classProbability } from './softmax.js';
import { windowOrigins } from './windows.js';

function randomField(size: Vec3, seed = 1): Field {
  const rng = new Rng(seed);
  return { size, data: Float32Array.from({ length: size[0] * size[1] * size[2] }, () => rng.uniform(-1, 1)) };
}

const identity: Predictor = (window) => window;

/** Adds to each voxel its place in the window, so that it matters which windows give a voxel, and by which weight. */
const addPlace: Predictor = (window) => {
  const [, d, h, w] = window.shape;
  const place = tf.range(0, d * h * w, 1, 'float32');
  const channels = [tf.add(window, tf.reshape(place, window.shape)), tf.neg(window)];
  return tf.concat(channels, 4);
};

/** MONAI's blending voxel by voxel: the weighted mean of what all windows say. */
function blendedByHand(image: Field, window: Vec3, overlap: number, mode: BlendMode): Float64Array[] {
  const weights = importanceMap(window, mode);
  const count = image.data.length;
  const sums = [new Float64Array(count), new Float64Array(count)];
  const total = new Float64Array(count);
  for (const [ox, oy, oz] of windowOrigins(image.size, window, overlap)) {
    for (let n = 0; n < weights.length; n++) {
      const x = ox + (n % window[0]);
      const y = oy + (Math.floor(n / window[0]) % window[1]);
      const z = oz + Math.floor(n / (window[0] * window[1]));
      const at = (z * image.size[1] + y) * image.size[0] + x;
      sums[0]![at]! += weights[n]! * (image.data[at]! + n);
      sums[1]![at]! -= weights[n]! * image.data[at]!;
      total[at]! += weights[n]!;
    }
  }
  return sums.map((sum) => sum.map((value, n) => value / total[n]!));
}

beforeAll(async () => {
  await selectBackend('cpu');
});

let tensorsBefore: number;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

describe('slidingWindow', () => {
  test.each<[BlendMode, number]>([
    ['gaussian', 0.25],
    ['gaussian', 0.5],
    ['constant', 0.25],
    ['constant', 0],
  ])('blends as the weighted mean over windows computed by hand: %s, overlap %p', async (mode, overlap) => {
    const image = randomField([11, 9, 7]);
    const window: Vec3 = [5, 4, 3];
    const fields = await slidingWindow(image, addPlace, { window, overlap, mode });
    const expected = blendedByHand(image, window, overlap, mode);
    expect(fields).toHaveLength(2);
    for (const [channel, { data, size }] of fields.entries()) {
      expect(size).toEqual(image.size);
      data.forEach((value, n) => expect(value).toBeCloseTo(expected[channel]![n]!, 4));
    }
  });

  test('gives the image back for a predictor that changes nothing', async () => {
    const image = randomField([8, 5, 6]);
    const [field] = await slidingWindow(image, identity, { window: [3, 3, 3] });
    field!.data.forEach((value, n) => expect(value).toBeCloseTo(image.data[n]!, 6));
  });

  test('gives the predictor tensors [1, D, H, W, 1] whose x is fastest', async () => {
    const image: Field = { size: [2, 3, 4], data: Float32Array.from({ length: 24 }, (_, n) => n) };
    const seen: number[][] = [];
    await slidingWindow(
      image,
      (window) => {
        seen.push(window.shape, [...window.dataSync()]);
        return window;
      },
      { window: [2, 3, 4] },
    );
    expect(seen).toEqual([[1, 4, 3, 2, 1], [...image.data]]);
  });

  test('pads an image that is smaller than the window as MONAI does: half before, rounded down', async () => {
    const image: Field = { size: [2, 1, 2], data: Float32Array.of(1, 2, 3, 4) };
    let seen: number[] = [];
    const [field] = await slidingWindow(
      image,
      (window) => {
        seen = [...window.dataSync()];
        return tf.mul(window, 10);
      },
      { window: [5, 2, 2], paddingValue: 9, mode: 'constant' },
    );
    // x: 1 before, 2 after; y: 0 before, 1 after; z: none.
    expect(seen).toEqual([9, 1, 2, 9, 9, 9, 9, 9, 9, 9, 9, 3, 4, 9, 9, 9, 9, 9, 9, 9]);
    expect(field).toEqual({ size: [2, 1, 2], data: Float32Array.of(10, 20, 30, 40) });
  });

  test.each([2, 5, 100])('gives the same in batches of %d, the last one smaller', async (batch) => {
    const image = randomField([11, 9, 7]);
    const options = { window: [5, 4, 3] as const };
    const sizes: number[] = [];
    const calls: number[] = [];
    const expected = await slidingWindow(image, identity, options);
    const actual = await slidingWindow(
      image,
      (window) => {
        sizes.push(window.shape[0]);
        return window;
      },
      { ...options, batch, onProgress: (done) => calls.push(done) },
    );
    expect(actual).toEqual(expected);
    const count = windowOrigins(image.size, [5, 4, 3], 0.25).length;
    expect(sizes.reduce((a, b) => a + b)).toBe(count);
    expect(Math.max(...sizes)).toBe(Math.min(batch, count));
    expect(calls.at(-1)).toBe(count);
  });

  test('does not change the image', async () => {
    const image = randomField([6, 6, 6]);
    const before = image.data.slice();
    await slidingWindow(image, addPlace, { window: [4, 4, 4] });
    expect(image.data).toEqual(before);
  });

  test('tells after each window how many are done, and how many there are', async () => {
    const calls: [number, number][] = [];
    await slidingWindow(randomField([6, 3, 3]), identity, {
      window: [3, 3, 3],
      overlap: 0,
      onProgress: (done, total) => calls.push([done, total]),
    });
    expect(calls).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  test('stops between windows when aborted, with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let windows = 0;
    const running = slidingWindow(
      randomField([12, 3, 3]),
      (window) => {
        windows++;
        // As a timer or a key press would, between two windows.
        setTimeout(() => controller.abort(reason), 0);
        return window;
      },
      { window: [3, 3, 3], overlap: 0, signal: controller.signal },
    );
    await expect(running).rejects.toBe(reason);
    expect(windows).toBe(1);
  });

  test('does not begin when it is aborted beforehand', async () => {
    const signal = AbortSignal.abort();
    const never: Predictor = () => {
      throw new Error('was called');
    };
    await expect(slidingWindow(randomField([3, 3, 3]), never, { window: [3, 3, 3], signal })).rejects.toBe(
      signal.reason,
    );
  });

  test('refuses a predictor that changes the size', async () => {
    const half: Predictor = (window) => tf.slice(window, [0, 0, 0, 0, 0], [1, 1, 3, 3, 1]);
    await expect(slidingWindow(randomField([3, 3, 3]), half, { window: [3, 3, 3] })).rejects.toThrow(
      'The predictor must keep [1, 3, 3, 3, C]. Received: [1, 1, 3, 3, 1].',
    );
  });

  test('refuses a window that is not three positive integers', async () => {
    await expect(slidingWindow(randomField([3, 3, 3]), identity, { window: [3, 0, 3] })).rejects.toThrow(
      'window must be three positive integers. Received: 3,0,3.',
    );
  });
});

describe('slidingWindowProbability', () => {
  /** Three classes whose logits depend on the value and on the place in the window. */
  const threeClasses: Predictor = (window) => tf.concat([addPlace(tf.mul(window, 3)), tf.square(window)], 4);

  test.each([0, 1, 2])('is the softmax of the blended logits, class %d', async (classIndex) => {
    const image = randomField([9, 8, 7]);
    const options = { window: [5, 4, 9] as const };
    const logits = await slidingWindow(image, threeClasses, options);
    const { data, size } = await slidingWindowProbability(image, threeClasses, { ...options, classIndex });
    const expected = classProbability(
      logits.map((field) => field.data),
      classIndex,
    );
    expect(size).toEqual(image.size);
    data.forEach((value, n) => expect(value).toBeCloseTo(expected[n]!, 4));
  });

  test('refuses a class that the network lacks', async () => {
    const options = { window: [3, 3, 3], classIndex: 2 } as const;
    await expect(slidingWindowProbability(randomField([3, 3, 3]), addPlace, options)).rejects.toThrow(
      'classIndex must be from 0 to 1. Received: 2.',
    );
  });
});
