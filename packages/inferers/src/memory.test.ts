import { expect, test } from '@jest/globals';
import { slidingWindowBytes } from './memory.js';

test('counts sums and weights of each voxel, the weights of a window, and the input and output of a batch', () => {
  const image = { size: [10, 10, 10], window: [5, 5, 4], channels: 2 } as const;
  // 2 sums and 1 weight a voxel; 1 weight, 1 input and 2 outputs a voxel of a window.
  expect(slidingWindowBytes(image)).toBe(4 * (3 * 1000 + 100 * (1 + 3)));
  expect(slidingWindowBytes({ ...image, batch: 4 })).toBe(4 * (3 * 1000 + 100 * (1 + 12)));
  expect(slidingWindowBytes({ ...image, probability: true })).toBe(4 * (2 * 1000 + 100 * (1 + 3)));
});

test('counts the padded image and the results cut out of it', () => {
  const image = { size: [2, 5, 4], window: [4, 5, 4], channels: 2 } as const;
  expect(slidingWindowBytes(image)).toBe(4 * (3 * 80 + 80 + 2 * 40 + 80 * 4));
});
