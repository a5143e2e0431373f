import { describe, expect, test } from '@jest/globals';
import { clipGradients } from './clip-gradients.js';

describe('clipGradients', () => {
  test('scales all gradients together down to the norm, as torch clip_grad_norm_', () => {
    const gradients = [Float32Array.of(3, 0), Float32Array.of(0, 4)];
    expect(clipGradients(gradients, 1)).toBe(5);
    expect(gradients[0]![0]).toBeCloseTo(0.6, 6);
    expect(gradients[1]![1]).toBeCloseTo(0.8, 6);
  });

  test('leaves alone what is small enough, and what has no limit', () => {
    const gradient = Float32Array.of(3, 4);
    expect(clipGradients([gradient], 5)).toBe(5);
    expect(clipGradients([gradient])).toBe(5);
    expect(gradient).toEqual(Float32Array.of(3, 4));
  });

  test('tells a gradient that is not finite by its norm', () => {
    expect(clipGradients([Float32Array.of(1, Number.NaN)], 1)).toBeNaN();
  });
});
