import { describe, expect, test } from '@jest/globals';
import { importanceMap, type BlendMode } from './importance-map.js';

describe('importanceMap', () => {
  test('is one everywhere for constant blending', () => {
    expect(importanceMap([2, 3, 2], 'constant')).toEqual(new Float32Array(12).fill(1));
  });

  test("is the product of MONAI's Gaussians: sigma 0.125 of the window, around its middle, at least 1e-3", () => {
    const size = [6, 5, 4] as const;
    const map = importanceMap(size, 'gaussian');
    let n = 0;
    for (let z = 0; z < 4; z++) {
      for (let y = 0; y < 5; y++) {
        for (let x = 0; x < 6; x++, n++) {
          const exponent = [x, y, z].reduce((sum, index, axis) => {
            const sigma = 0.125 * size[axis]!;
            return sum - (index - (size[axis]! - 1) / 2) ** 2 / (2 * sigma ** 2);
          }, 0);
          expect(map[n]).toBeCloseTo(Math.max(1e-3, Math.exp(exponent)), 6);
        }
      }
    }
  });

  test('is the same from either end of each axis', () => {
    const map = importanceMap([7, 4, 3], 'gaussian');
    expect(map).toEqual(map.slice().reverse());
  });

  test('is largest in the middle, where it is 1 for odd sizes', () => {
    expect(importanceMap([9, 9, 9], 'gaussian')[(4 * 9 + 4) * 9 + 4]).toBe(1);
  });

  test('refuses a mode that it does not know', () => {
    expect(() => importanceMap([2, 2, 2], 'cubic' as BlendMode)).toThrow(
      'mode must be one of constant, gaussian. Received: cubic.',
    );
  });
});
