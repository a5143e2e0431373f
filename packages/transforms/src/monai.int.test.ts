import { describe, expect, test } from '@jest/globals';
import {
  createGeometry,
  createVolume,
  geometryToRasAffine,
  Rng,
  sameGrid,
  type NamedArray,
  type Volume,
} from '@lungseg/core';
import {
  argmax,
  fillHoles,
  keepLargestComponents,
  oneHot,
  orientation,
  scaleIntensityRange,
  spacing,
  transformSample,
  transformVolume,
} from './index.js';
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
    const back = transform.invert!(result, transform.sampleParams(new Rng(0), { ct }));
    expect(back.data).toEqual(ct.data);
    expect(sameGrid(back.geometry, ct.geometry, 1e-9)).toBe(true);
    expectVolume(result, reference('orientation_ras'), 0);
    expectAffine(result, reference('orientation_ras_affine'));
  });

  test('scaleIntensityRange matches MONAI ScaleIntensityRange', () => {
    const result = transformVolume(scaleIntensityRange({ from: [-1500, 500] }), ct);
    expectVolume(result, reference('scale_intensity'), 1e-6);
  });
});

describe('on a mask of blobs', () => {
  const masks = readReference('postprocess');
  const { size: maskSize, data } = volumeOfTensor(masks('mask'));
  const mask = createVolume(Uint8Array.from(data), createGeometry({ size: maskSize }), 'label');

  test.each([
    ['largest', 1],
    ['largest2', 2],
  ] as const)('keepLargestComponents matches MONAI KeepLargestConnectedComponent: %s', (name, count) => {
    const result = transformVolume(keepLargestComponents({ count, connectivity: 6 }), mask);
    expectVolume(result, masks(name), 0);
  });

  test('fillHoles matches MONAI FillHoles', () => {
    expectVolume(transformVolume(fillHoles(), mask), masks('filled'), 0);
  });
});

describe('on a label map of four classes', () => {
  const tensors = readReference('one-hot');
  const volumeOf = (name: string, kind: Volume['kind']): Volume => {
    const { size: labelSize, data } = volumeOfTensor(tensors(name));
    return createVolume(data, createGeometry({ size: labelSize }), kind);
  };
  const numbers = [0, 1, 2, 3];

  test('oneHot matches MONAI AsDiscrete(to_onehot=4)', () => {
    const label = volumeOf('label', 'label');
    const { sample } = transformSample(oneHot({ classes: 4 }), { label }, new Rng(0));
    for (const n of numbers) expectVolume(sample[`label_${n}`]!, tensors(`mask_${n}`), 0);
  });

  test('argmax matches MONAI AsDiscrete(argmax=True), also where classes are as probable', () => {
    const probabilities = numbers.map((n) => volumeOf(`probability_${n}`, 'intensity'));
    expectVolume(argmax(probabilities), tensors('argmax'), 0);
  });
});
