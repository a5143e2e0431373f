import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, ShapeError, type Volume } from '@lungseg/core';
import { confusionCounts, dice, diceMetric } from './index.js';

const geometry = createGeometry({ size: [4, 2, 1] });
const mask = (...values: number[]): Volume => createVolume(Uint8Array.from(values), geometry, 'label');

describe('dice', () => {
  test('is 2 TP / (2 TP + FP + FN), by hand', () => {
    const prediction = mask(1, 1, 1, 0, 0, 0, 0, 0);
    const reference = mask(0, 1, 1, 1, 1, 0, 0, 0);
    expect(confusionCounts(prediction, reference)).toEqual({
      truePositives: 2,
      falsePositives: 1,
      falseNegatives: 2,
      trueNegatives: 3,
    });
    expect(dice(prediction, reference)).toBeCloseTo(4 / 7, 12);
    expect(diceMetric.compute(prediction, reference)).toBeCloseTo(4 / 7, 12);
  });

  test('judges one label apart from the others', () => {
    const prediction = mask(1, 2, 2, 0, 0, 0, 0, 0);
    const reference = mask(1, 1, 2, 0, 0, 0, 0, 0);
    expect(dice(prediction, reference)).toBe(1);
    expect(dice(prediction, reference, 1)).toBeCloseTo(2 / 3, 12);
    expect(dice(prediction, reference, 2)).toBeCloseTo(2 / 3, 12);
  });

  test('is NaN for an empty reference, as in MONAI compute_dice', () => {
    const none = mask(0, 0, 0, 0, 0, 0, 0, 0);
    expect(dice(none, none)).toBeNaN();
    expect(dice(mask(1, 0, 0, 0, 0, 0, 0, 0), none)).toBeNaN();
    expect(dice(none, mask(1, 0, 0, 0, 0, 0, 0, 0))).toBe(0);
  });

  test('refuses other grids, also of the same size', () => {
    const a = mask(1, 0, 0, 0, 0, 0, 0, 0);
    const shifted = { ...a, geometry: { ...geometry, origin: [0, 0, 1] as const } };
    expect(() => dice(a, shifted)).toThrow(ShapeError);
    expect(() => dice(a, shifted)).toThrow(/must lie on the same grid.*Resample/);
  });
});
