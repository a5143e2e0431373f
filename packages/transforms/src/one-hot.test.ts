import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume } from '@lungseg/core';
import { oneHot } from './index.js';

const row = (...values: number[]) =>
  createVolume(Uint8Array.from(values), createGeometry({ size: [values.length, 1, 1] }), 'label');

describe('oneHot', () => {
  test('makes a mask of each class, by hand', () => {
    const masks = oneHot(row(0, 2, 1, 2), { classes: 3 });
    expect(masks.map(({ data }) => [...data])).toEqual([
      [1, 0, 0, 0],
      [0, 0, 1, 0],
      [0, 1, 0, 1],
    ]);
    expect(masks.every(({ kind }) => kind === 'label')).toBe(true);
  });

  test('refuses intensities, and labels that are none of the classes', () => {
    expect(() => oneHot({ ...row(1), kind: 'intensity' }, { classes: 2 })).toThrow(/must have a label map/);
    expect(() => oneHot(row(0, 3), { classes: 3 })).toThrow(
      'Labels must be whole numbers from 0 to 2. Received: 3.',
    );
    expect(() => oneHot(row(0), { classes: 0 })).toThrow('classes must be a positive integer. Received: 0.');
  });
});
