import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, type Mat3, type Volume } from '@lungseg/core';
import { drawSlice } from './draw-slice.js';
import type { Picture } from './picture.js';

const ORANGE = [255, 150, 0];
const BLUE = [0, 170, 255];
const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];
const ROTATED: Mat3 = [-1, 0, 0, 0, -1, 0, 0, 0, 1];

/** A grid of 20 x 20 x 20 voxels of 1 x 1 x 2 mm, with air in it, and boxes of a label from x0 up to x1. */
function volumes(direction?: Mat3) {
  const geometry = createGeometry({
    size: [20, 20, 20],
    spacing: [1, 1, 2],
    ...(direction ? { direction } : {}),
  });
  const box = (x0: number, x1: number, label = 1): Volume =>
    createVolume(
      Uint8Array.from({ length: 8000 }, (_, n) => {
        const [x, y, z] = [n % 20, Math.floor(n / 20) % 20, Math.floor(n / 400)];
        return x >= x0 && x < x1 && y >= 5 && y < 15 && z >= 5 && z < 15 ? label : 0;
      }),
      geometry,
      'label',
    );
  return { image: createVolume(new Int16Array(8000).fill(-2000), geometry), box, geometry };
}

const pixel = ({ width, data }: Picture, x: number, y: number): number[] => [
  ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];
const axial = { plane: 'axial', index: 10 } as const;

describe('drawSlice', () => {
  const { image, box, geometry } = volumes();

  test('outlines the reference in blue, the prediction in orange, and both in white', () => {
    const outlined = { reference: box(4, 10, 2), prediction: box(4, 12) };
    const picture = drawSlice(image, outlined, axial, 20);
    expect(pixel(picture, 4, 10)).toEqual(WHITE);
    expect(pixel(picture, 9, 10)).toEqual(BLUE);
    expect(pixel(picture, 11, 10)).toEqual(ORANGE);
    expect(pixel(picture, 6, 10)).toEqual(BLACK);
  });

  test('outlines label 1 in orange, 2 in blue and others in white', () => {
    for (const [label, colour] of [
      [1, ORANGE],
      [2, BLUE],
      [7, WHITE],
    ] as const) {
      const picture = drawSlice(image, { labels: box(4, 10, label) }, axial, 20);
      expect(pixel(picture, 4, 10)).toEqual(colour);
      expect(pixel(picture, 3, 10)).toEqual(BLACK);
      expect(pixel(picture, 6, 10)).toEqual(BLACK);
    }
  });

  test("has the patient's right on the left, whichever way the voxels run", () => {
    const turned = volumes(ROTATED);
    const picture = drawSlice(turned.image, { labels: turned.box(0, 4) }, axial, 20);
    // x runs to the right here, so that the first voxels are the patient's left: on the picture's right.
    expect(pixel(picture, 16, 10)).toEqual(ORANGE);
    expect(pixel(picture, 3, 10)).toEqual(BLACK);
  });

  test('is in true proportions in every plane', () => {
    const size = (plane: 'axial' | 'coronal' | 'sagittal'): number[] => {
      const { width, height } = drawSlice(image, { labels: box(4, 10) }, { plane, index: 3 }, 50);
      return [width, height];
    };
    expect([size('axial'), size('coronal'), size('sagittal')]).toEqual([
      [50, 50],
      [50, 100],
      [50, 100],
    ]);
  });

  test('has the head up, and the front on the left of sagittal slices', () => {
    // Bright at the feet of the front alone.
    const data = Int16Array.from({ length: 8000 }, (_, n) =>
      Math.floor(n / 20) % 20 < 5 && Math.floor(n / 400) < 5 ? 1000 : -2000,
    );
    const bright = createVolume(data, geometry);
    const empty = { labels: createVolume(new Uint8Array(8000), geometry, 'label') };
    const picture = drawSlice(bright, empty, { plane: 'sagittal', index: 3 }, 20);
    expect([pixel(picture, 2, 37), pixel(picture, 2, 2), pixel(picture, 17, 37)]).toEqual([
      WHITE,
      BLACK,
      BLACK,
    ]);
  });

  test('interpolates between voxels, through the window from -1350 to 150 HU', () => {
    const ramp = createGeometry({ size: [3, 1, 1] });
    const picture = drawSlice(
      createVolume(Int16Array.of(-1350, -600, 150), ramp),
      { labels: createVolume(new Uint8Array(3), ramp, 'label') },
      { plane: 'axial', index: 0 },
      6,
    );
    // Pixels lie at -0.25, 0.25, 0.75, 1.25, 1.75 and 2.25 voxels; 127.5 of 255 a voxel.
    const row = Array.from({ length: 6 }, (_, x) => pixel(picture, x, 0)[0]!);
    const expected = [0, 31.875, 95.625, 159.375, 223.125, 255];
    row.forEach((grey, x) => expect(Math.abs(grey - expected[x]!)).toBeLessThanOrEqual(0.5));
  });

  test('refuses a slice that is not there, a width of none, and labels of another grid', () => {
    const outlined = { labels: box(4, 10) };
    expect(() => drawSlice(image, outlined, { plane: 'coronal', index: 20 }, 20)).toThrow(
      'index must be that of one of 20 coronal slices, from 0 on. Received: 20.',
    );
    expect(() => drawSlice(image, outlined, axial, 0)).toThrow(
      'width must be a positive integer. Received: 0.',
    );
    const other = { reference: box(4, 10), prediction: volumes(ROTATED).box(4, 10) };
    expect(() => drawSlice(image, other, axial, 20)).toThrow(/must lie on the image's grid.*Resample it/);
  });
});
