import { describe, expect, test } from '@jest/globals';
import { classProbability } from './softmax.js';

describe('classProbability', () => {
  test('is exp(logit) over the sum of exp', () => {
    const logits = [Float32Array.of(0, 1, -2), Float32Array.of(0.5, -1, 3), Float32Array.of(1, 0, 0)];
    const actual = classProbability(logits, 1);
    for (let n = 0; n < 3; n++) {
      const exps = logits.map((values) => Math.exp(values[n]!));
      expect(actual[n]).toBeCloseTo(exps[1]! / (exps[0]! + exps[1]! + exps[2]!), 6);
    }
  });

  test('stays finite where logits would overflow exp', () => {
    const actual = classProbability([Float32Array.of(-2000, 2000), Float32Array.of(2000, -2000)], 1);
    expect([...actual]).toEqual([1, 0]);
  });

  test.each([-1, 2])('refuses class %p of two', (index) => {
    expect(() => classProbability([Float32Array.of(0), Float32Array.of(0)], index)).toThrow(
      `classIndex must be from 0 to 1. Received: ${index}.`,
    );
  });
});
