import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, type Mat3 } from '@lungseg/core';
import { decode } from 'fast-png';
import { outlinePicture } from './outline-picture.js';

/** A box of air, 20 x 20 x 20 voxels of 1 x 1 x 2 mm, with boxes of label in it. */
function volumes(direction?: Mat3) {
  const geometry = createGeometry({
    size: [20, 20, 20],
    spacing: [1, 1, 2],
    ...(direction ? { direction } : {}),
  });
  const box = (x0: number, x1: number) =>
    createVolume(
      Uint8Array.from({ length: 8000 }, (_, n) => {
        const [x, y, z] = [n % 20, Math.floor(n / 20) % 20, Math.floor(n / 400)];
        return x >= x0 && x < x1 && y >= 5 && y < 15 && z >= 5 && z < 15 ? 1 : 0;
      }),
      geometry,
      'label',
    );
  return { image: createVolume(new Int16Array(8000).fill(-2000), geometry), box };
}

function pixelsOf(picture: { png: Uint8Array }) {
  const { width, data } = decode(picture.png);
  return (x: number, y: number): number[] => [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
}

describe('outlinePicture', () => {
  test('is three axial over three coronal slices in their true proportions', () => {
    const { image, box } = volumes();
    const { width, height } = outlinePicture(image, box(4, 10), box(4, 10));
    expect([width, height]).toEqual([3 * 20 + 2 * 4, 20 + 4 + 40]);
  });

  test('outlines the reference in blue, the prediction in orange, and both in white', () => {
    const { image, box } = volumes();
    const at = pixelsOf(outlinePicture(image, box(4, 10), box(4, 12)));
    expect(at(4, 10)).toEqual([255, 255, 255]);
    expect(at(9, 10)).toEqual([80, 160, 255]);
    expect(at(11, 10)).toEqual([255, 150, 0]);
    expect(at(6, 10)).toEqual([0, 0, 0]);
  });

  test("has the patient's right on the left, whichever way the voxels run", () => {
    const { image, box } = volumes([-1, 0, 0, 0, -1, 0, 0, 0, 1]);
    const at = pixelsOf(outlinePicture(image, box(0, 4), box(0, 4)));
    // x runs to the right here, so that the first voxels are the patient's left: on the picture's right.
    expect(at(16, 10)).toEqual([255, 255, 255]);
    expect(at(3, 10)).toEqual([0, 0, 0]);
  });
});
