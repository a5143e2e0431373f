import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inverseOrder, permute } from './permute.js';

describe('permute', () => {
  test('transposes a matrix', () => {
    expect([...permute(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3], [1, 0])]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  test('is undone by the inverse order', () => {
    const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(shape, fc.integer(), (sizes, seed) => {
        const order = sizes
          .map((_, axis) => axis)
          .sort((a, b) => ((a * 7 + seed) % 5) - ((b * 7 + seed) % 5));
        const data = Float32Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, (_, i) => i);
        const permuted = permute(data, sizes, order);
        const shapeAfter = order.map((axis) => sizes[axis]!);
        expect([...permute(permuted, shapeAfter, inverseOrder(order))]).toEqual([...data]);
      }),
    );
  });

  test('refuses data that does not fit its shape', () => {
    expect(() => permute(new Float32Array(5), [2, 3], [1, 0])).toThrow(
      'An array of [2, 3] needs 6 values. Received: 5.',
    );
  });
});
