import { describe, expect, test } from '@jest/globals';
import { decode, type DecodedPng } from 'fast-png';
import { IDENTITY_DIRECTION, type Mat3 } from '@lungseg/core';
import { reorient } from '@lungseg/transforms';
import { patientView } from './patient-view.js';
import { renderPreview } from './preview.js';
import { gridAround, renderChest } from './testing/chest.js';

/** The columns, from 0 to 399, of pixels of a colour in the second slice of a row. */
function placesOf(png: DecodedPng, colour: readonly number[], top: number, bottom: number): number[] {
  const columns: number[] = [];
  for (let y = top; y < bottom; y++) {
    for (let x = 0; x < 400; x++) {
      const n = 3 * (y * png.width + 404 + x);
      if (colour.every((value, channel) => png.data[n + channel] === value)) columns.push(x);
    }
  }
  return columns;
}

const ORANGE = [255, 150, 0];
const BLUE = [0, 170, 255];
const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('renderPreview', () => {
  const { image, leftRight } = renderChest(gridAround([84, 64, 50], [4, 4, 5], IDENTITY_DIRECTION));
  const picture = renderPreview(image, leftRight);
  const png = decode(picture);
  // Axial: 400 px for 336 mm, 256 mm high; coronal: 250 mm high.
  const axialHeight = Math.round((400 * 256) / 336);
  const coronalHeight = Math.round((400 * 250) / 336);

  test('has four axial and four coronal slices in true proportions', () => {
    expect([png.width, png.height]).toEqual([4 * 404 - 4, axialHeight + 4 + coronalHeight]);
  });

  test('shows the right lung, in orange, on the left, and the left lung, in blue, on the right', () => {
    for (const [top, bottom] of [
      [0, axialHeight],
      [axialHeight + 4, png.height],
    ] as const) {
      expect(mean(placesOf(png, ORANGE, top, bottom))).toBeLessThan(200);
      expect(mean(placesOf(png, BLUE, top, bottom))).toBeGreaterThan(200);
    }
  });

  test('is the same picture however the CT is stored', () => {
    for (const axcodes of ['RAI', 'SPR']) {
      const turned = renderPreview(reorient(image, axcodes), reorient(leftRight, axcodes));
      expect(Buffer.compare(turned, picture)).toBe(0);
    }
  });

  test('shows a chest without lungs without outlines', () => {
    const none = renderChest(image.geometry, { left: false, right: false });
    const empty = decode(renderPreview(none.image, none.leftRight));
    expect(placesOf(empty, ORANGE, 0, empty.height)).toEqual([]);
  });

  test('stays of a sensible size for a long scan', () => {
    const long = renderChest(gridAround([40, 40, 100], [4, 4, 20], IDENTITY_DIRECTION));
    const { width, height } = decode(renderPreview(long.image, long.leftRight));
    expect(width).toBe(1612);
    expect(height).toBeLessThanOrEqual(400 + 4 + 800);
  });
});

describe('patientView', () => {
  test('finds each voxel where core places it in the patient', () => {
    const sagittal: Mat3 = [0, 0, -1, 1, 0, 0, 0, -1, 0];
    const { image } = renderChest(gridAround([10, 12, 14], [4, 5, 6], sagittal));
    const view = patientView(image.geometry);
    const lps = reorient(image, 'LPS');
    expect(view.size).toEqual(lps.geometry.size);
    expect(view.spacing).toEqual(lps.geometry.spacing);
    const [nx, ny, nz] = view.size;
    for (let z = 0, n = 0; z < nz; z++) {
      for (let y = 0; y < ny; y++) {
        for (let x = 0; x < nx; x++, n++) {
          const at = view.offset + x * view.stride[0] + y * view.stride[1] + z * view.stride[2];
          if (image.data[at] !== lps.data[n]) throw new Error(`differs at ${x}, ${y}, ${z}`);
        }
      }
    }
  });
});
