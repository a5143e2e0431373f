import { expect, test } from '@jest/globals';
import { createGeometry, createVolume, ShapeError } from '@lungseg/core';
import { intensityHistogram } from './index.js';

const geometry = createGeometry({ size: [5, 2, 1] });
const image = createVolume(Float32Array.of(-1000, -995, -990.4, -990, -900, -5, 0, 10, NaN, 40), geometry);
const labels = createVolume(Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 2, 1, 1), geometry, 'label');

test('counts the voxels of a label in bins without their upper end, and leaves out the rest', () => {
  const bins = intensityHistogram(image, labels, 1, { low: -1000, high: 10, binWidth: 10 });
  expect(bins).toHaveLength(101);
  // -990.4 rounds to -990, which belongs to the second bin.
  expect(bins.slice(0, 2)).toEqual([2, 2]);
  expect([bins[10], bins[99], bins[100]]).toEqual([1, 1, 1]);
  expect(bins.reduce((a, b) => a + b, 0)).toBe(7);
});

test('the last bin ends at high', () => {
  expect(intensityHistogram(image, labels, 1, { low: -20, high: 5, binWidth: 20 })).toEqual([1, 1]);
});

test('refuses bins that are none, and another grid', () => {
  expect(() => intensityHistogram(image, labels, 1, { low: 0, high: 0, binWidth: 1 })).toThrow('low < high');
  expect(() => intensityHistogram(image, labels, 1, { low: 0, high: 10, binWidth: 0.5 })).toThrow('0.5');
  const other = { ...labels, geometry: createGeometry({ size: [2, 5, 1] }) };
  expect(() => intensityHistogram(image, other, 1, { low: 0, high: 1, binWidth: 1 })).toThrow(ShapeError);
});
