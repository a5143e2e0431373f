import { describe, expect, test } from '@jest/globals';
import { isLungsegError } from '@lungseg/core';
import { checkConfig } from './check-config.js';
import { configSchema } from './config-schema.js';

const entries = {
  training: [{ name: 'a', patient: 'a', image: 'a.nii', label: 'a-lung.nii' }],
  validation: [{ name: 'b (second)', patient: 'b', image: 'b.nii', label: 'b-lung.nii' }],
};
const check = (weights: Record<string, number>, size: number[], lesionsLeftOut: object = {}): void =>
  checkConfig(
    configSchema.parse({
      name: 'x',
      output: 'y',
      epochs: 1,
      stepsPerEpoch: 1,
      data: { weights, lesionsLeftOut },
      crop: { size },
    }),
    entries,
    [32, 32, 16],
  );

describe('checkConfig', () => {
  test('takes weights of any case, also of one that validates in this fold, and crops that fit', () => {
    expect(() => check({ a: 2, b: 1 }, [64, 96, 16])).not.toThrow();
  });

  test('refuses to leave lesions out of a case that there is not', () => {
    expect(() => check({}, [64, 64, 32], { cases: ['a', 'b'] })).not.toThrow();
    expect(() => check({}, [64, 64, 32], { cases: ['a', 'c'] })).toThrow(
      'data.lesionsLeftOut.cases must name cases of the datalist: a, b. Received: c.',
    );
  });

  test.each<[Record<string, number>, number[], string]>([
    [{ a: 1, c: 2 }, [64, 64, 32], 'data.weights must name cases of the datalist: a, b. Received: c.'],
    [
      { a: 0, b: 1 },
      [64, 64, 32],
      'data.weights must leave a case for training a weight over 0. Received 0 for all: a. Raise one, or leave them out of the datalist.',
    ],
    [
      {},
      [100, 64, 40],
      'crop.size must be multiples of 32, 32, 16 for this network. Received: 100, 64, 40. These fit: 128, 64, 48.',
    ],
  ])('refuses %j with crops of %j', (weights, size, message) => {
    try {
      check(weights, size);
    } catch (error) {
      expect(isLungsegError(error)).toBe(true);
      expect((error as Error).message).toBe(message);
      return;
    }
    throw new Error('nothing was thrown');
  });
});
