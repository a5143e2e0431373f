import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, type Volume } from '@lungseg/core';
import { iou, precision, segmentationScores, sensitivity, volumeDifference } from './index.js';

const geometry = createGeometry({ size: [4, 2, 1], spacing: [10, 10, 10] });
const mask = (...values: number[]): Volume => createVolume(Uint8Array.from(values), geometry, 'label');
const prediction = mask(1, 1, 1, 0, 0, 0, 0, 2);
const reference = mask(0, 1, 1, 1, 1, 0, 0, 2);
const none = mask(0, 0, 0, 0, 0, 0, 0, 0);

describe('overlaps of label 1, which has 2 voxels in both, 1 in the prediction alone and 2 in the reference', () => {
  test('are these, by hand', () => {
    expect(iou(prediction, reference, 1)).toBe(2 / 5);
    expect(sensitivity(prediction, reference, 1)).toBe(2 / 4);
    expect(precision(prediction, reference, 1)).toBe(2 / 3);
    expect(volumeDifference(prediction, reference, 1)).toEqual({ ml: -1, relative: -0.25 });
  });

  test('are all in segmentationScores', () => {
    const scores = segmentationScores(prediction, reference, { label: 1 });
    expect(scores).toMatchObject({
      dice: 4 / 7,
      iou: 2 / 5,
      sensitivity: 2 / 4,
      precision: 2 / 3,
      volumeDifferenceMl: -1,
      relativeVolumeDifference: -0.25,
      hausdorff: 10,
    });
    // At a tolerance of a voxel all is well.
    expect(scores.surfaceDice).toBeLessThan(1);
    expect(segmentationScores(prediction, reference, { label: 1, toleranceMm: 10 }).surfaceDice).toBe(1);
  });
});

describe('overlaps where a mask is empty', () => {
  test.each([
    ['the reference', prediction, none, { iou: NaN, sensitivity: NaN, precision: 0 }],
    ['the prediction', none, reference, { iou: 0, sensitivity: 0, precision: NaN }],
    ['both', none, none, { iou: NaN, sensitivity: NaN, precision: NaN }],
  ])('%s', (_, a, b, expected) => {
    expect({ iou: iou(a, b), sensitivity: sensitivity(a, b), precision: precision(a, b) }).toEqual(expected);
  });

  test('a volume differs by all of it, and by no share of nothing', () => {
    expect(volumeDifference(prediction, none, 1)).toEqual({ ml: 3, relative: NaN });
    expect(volumeDifference(none, reference, 1)).toEqual({ ml: -4, relative: -1 });
  });
});
