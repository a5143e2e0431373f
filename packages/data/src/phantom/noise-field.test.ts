import { describe, expect, test } from '@jest/globals';
import { NoiseField } from './noise-field.js';

const rowOf = (seed: number, z: number, y: number, x0: number, dx: number, count: number): Float32Array => {
  const field = new NoiseField(seed, 20);
  field.plane(z, [x0, x0 + dx * count, y - 5, y + 5]);
  const out = new Float32Array(count);
  field.addRow(out, 0, count, y, x0, dx, 1);
  return out;
};

describe('NoiseField', () => {
  test('a point has one value, whatever row and step it is reached by', () => {
    const fine = rowOf(3, 12.5, -31, -100, 0.5, 400);
    const coarse = rowOf(3, 12.5, -31, -80, 4, 40);
    coarse.forEach((value, n) => {
      expect(value).toBeCloseTo(fine[40 + 8 * n]!, 5);
    });
  });

  test('stays within [-1, 1], is smooth, and differs by seed', () => {
    const row = rowOf(1, 0, 0, -5000, 1, 10000);
    let [largest, step, squares] = [0, 0, 0];
    row.forEach((value, n) => {
      largest = Math.max(largest, Math.abs(value));
      if (n > 0) step = Math.max(step, Math.abs(value - row[n - 1]!));
      squares += value * value;
    });
    expect(largest).toBeLessThanOrEqual(1);
    expect(step).toBeLessThan(0.06);
    expect(Math.sqrt(squares / row.length)).toBeGreaterThan(0.1);
    expect(rowOf(2, 0, 0, 0, 1, 50)).not.toEqual(rowOf(1, 0, 0, 0, 1, 50));
  });
});
