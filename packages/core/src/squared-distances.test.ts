import { expect, test } from '@jest/globals';
import { squaredDistances } from './index.js';

test('is the square of the distance in mm, across axes of other spacings, by hand', () => {
  const corner = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0);
  expect([...squaredDistances(corner, [2, 2, 2], [1, 2, 3])]).toEqual([0, 1, 4, 5, 9, 10, 13, 14]);
});

test('is infinite everywhere without a source', () => {
  expect([...squaredDistances(new Uint8Array(4), [2, 2, 1], [1, 1, 1])]).toEqual(Array(4).fill(Infinity));
});
