import { describe, expect, test } from '@jest/globals';
import { createVolume, geometryToRasAffine, type NamedArray, type Volume } from '@lungseg/core';
import { orientation, scaleIntensityRange, spacing, transformVolume } from './index.js';
import {
  largestDifference,
  readReference,
  shearedGeometry,
  toXFastest,
  volumeOfTensor,
} from './testing/reference.js';
import { uniform } from './testing/uniform.js';

const reference = readReference('transforms');
const size = [24, 20, 14] as const;
const affine = reference('affine').data as Float32Array;
const values = uniform('ct', 24 * 20 * 14).map((value) => 1000 * value);
const ct = createVolume(toXFastest(values, size), shearedGeometry(affine, size));

function expectVolume(volume: Volume, expected: NamedArray, tolerance: number): void {
  const { size: expectedSize, data } = volumeOfTensor(expected);
  expect(volume.geometry.size).toEqual(expectedSize);
  expect(largestDifference(volume.data, data)).toBeLessThanOrEqual(tolerance);
}

function expectAffine(volume: Volume, expected: NamedArray): void {
  const ours = geometryToRasAffine(volume.geometry);
  expect(largestDifference(ours, expected.data as Float32Array)).toBeLessThan(1e-4);
}

describe('on a sheared grid, with values over a range of 2000', () => {
  test('spacing, linear, matches MONAI Spacing, bilinear, border', () => {
    const result = transformVolume(spacing({ spacing: [0.8, 0.8, 5] }), ct);
    expectVolume(result, reference('spacing_linear'), 2000 * 1e-4);
    expectAffine(result, reference('spacing_linear_affine'));
  });

  test('spacing, nearest, matches MONAI Spacing, nearest, border', () => {
    const result = transformVolume(spacing({ spacing: [0.8, 0.8, 5], interpolation: 'nearest' }), ct);
    expectVolume(result, reference('spacing_nearest'), 0);
  });

  test('orientation matches MONAI Orientation RAS exactly, and inverts exactly', () => {
    const transform = orientation({ axcodes: 'RAS' });
    const result = transformVolume(transform, ct);
    expectVolume(result, reference('orientation_ras'), 0);
    expectAffine(result, reference('orientation_ras_affine'));
  });

  test('scaleIntensityRange matches MONAI ScaleIntensityRange', () => {
    const result = transformVolume(scaleIntensityRange({ from: [-1500, 500] }), ct);
    expectVolume(result, reference('scale_intensity'), 1e-6);
  });
});
