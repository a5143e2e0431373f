import { expect, test } from '@jest/globals';
import { createGeometry, createVolume } from '@lungseg/core';
import { stack, tilesOf } from './contact-sheet.js';

const geometry = createGeometry({ size: [8, 6, 10], spacing: [1, 1, 2] });
const options = { pixelMm: 1, window: [-1000, 0] as const };

test('six tiles side by side keep millimetres: five axial of 8 x 6 mm, one coronal of 8 x 20 mm', () => {
  const image = createVolume(new Int16Array(480), geometry);
  const sheet = tilesOf(image, createVolume(new Uint8Array(480), geometry, 'label'), options);
  expect([sheet.width, sheet.height]).toEqual([6 * 8 + 5 * 4, 20]);
  expect(stack([sheet, sheet]).height).toBe(44);
});

test('the head is at the top of the coronal tile, and outlines are coloured by side', () => {
  const image = createVolume(new Int16Array(480).fill(-1000), geometry);
  image.data.fill(0, 9 * 48);
  const label = createVolume(new Uint8Array(480), geometry, 'label');
  const at = (5 * 6 + 3) * 8 + 2;
  label.data[at] = 2;
  const { data, width } = tilesOf(image, label, options);
  const pixel = (x: number, y: number): number[] => [
    ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
  ];
  const coronal = 5 * 12;
  expect(pixel(coronal, 0)).toEqual([255, 255, 255]);
  expect(pixel(coronal, 19)).toEqual([0, 0, 0]);
  // Slice 5 of 10, 2 mm each, counted from the top: rows 8 and 9.
  expect(pixel(coronal + 2, 8)).toEqual([70, 160, 255]);
  expect(pixel(2, 3)).toEqual([70, 160, 255]);
});

test('a label of another size is refused', () => {
  const image = createVolume(new Int16Array(480), geometry);
  const label = createVolume(new Uint8Array(8), createGeometry({ size: [2, 2, 2] }), 'label');
  expect(() => tilesOf(image, label, options)).toThrow('Received: 8 x 6 x 10 and 2 x 2 x 2.');
});
