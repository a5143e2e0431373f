import { describe, expect, test } from '@jest/globals';
import type { Mat3, Volume } from '@lungseg/core';
import type { Picture } from './picture.js';
import { slicePicture } from './slice-picture.js';
import { makeChest, storedAlong } from './testing/chest.js';

const ORANGE = [255, 150, 0];
const BLUE = [0, 170, 255];
const WHITE = [255, 255, 255];

/** The columns, from 0 to 399, of pixels of a colour in the second slice of a row. */
function placesOf(picture: Picture, colour: readonly number[], top: number, bottom: number): number[] {
  const columns: number[] = [];
  for (let y = top; y < bottom; y++) {
    for (let x = 0; x < 400; x++) {
      const n = 3 * (y * picture.width + 404 + x);
      if (colour.every((value, channel) => picture.data[n + channel] === value)) columns.push(x);
    }
  }
  return columns;
}

const isSame = (a: Picture, b: Picture): boolean =>
  Buffer.compare(Buffer.from(a.data), Buffer.from(b.data)) === 0;
const withLabels = (volume: Volume, change: (label: number) => number): Volume => ({
  ...volume,
  data: Uint8Array.from(volume.data, change),
});

describe('slicePicture', () => {
  const { image, leftRight } = makeChest([84, 64, 50], [4, 4, 5]);
  const picture = slicePicture(image, { labels: leftRight });
  // Axial: 400 px for 336 mm, 256 mm high; coronal: 250 mm high.
  const axialHeight = Math.round((400 * 256) / 336);
  const coronalHeight = Math.round((400 * 250) / 336);

  test('has four axial over four coronal slices in true proportions', () => {
    expect([picture.width, picture.height]).toEqual([4 * 404 - 4, axialHeight + 4 + coronalHeight]);
  });

  test('has as many and as wide slices as asked for', () => {
    const { width, height } = slicePicture(image, { labels: leftRight }, { columns: 3, tileWidth: 168 });
    expect([width, height]).toEqual([3 * 172 - 4, 128 + 4 + 125]);
  });

  test('shows the right lung, in orange, on the left, and the left lung, in blue, on the right', () => {
    for (const [top, bottom] of [
      [0, axialHeight],
      [axialHeight + 4, picture.height],
    ] as const) {
      const [right, left] = [placesOf(picture, ORANGE, top, bottom), placesOf(picture, BLUE, top, bottom)];
      expect(right.length).toBeGreaterThan(100);
      expect(left.length).toBeGreaterThan(100);
      expect(Math.max(...right)).toBeLessThan(200);
      expect(Math.min(...left)).toBeGreaterThan(200);
    }
  });

  test.each<[string, Mat3]>([
    ['from the left to the right', [-1, 0, 0, 0, 1, 0, 0, 0, 1]],
    ['in sagittal slices', [0, 0, -1, 1, 0, 0, 0, -1, 0]],
  ])('is the same picture however the CT is stored: %s', (_name, direction) => {
    const labels = storedAlong(leftRight, direction);
    expect(isSame(slicePicture(storedAlong(image, direction), { labels }), picture)).toBe(true);
  });

  test('shows a reference alone in blue, a prediction alone in orange, and both in white', () => {
    const reference = withLabels(leftRight, (label) => (label === 1 ? 1 : 0));
    const both = slicePicture(image, { reference, prediction: reference });
    expect(placesOf(both, WHITE, 0, both.height).length).toBeGreaterThan(200);
    const apart = { reference, prediction: withLabels(leftRight, (label) => (label === 2 ? 1 : 0)) };
    const compared = slicePicture(image, apart);
    expect(Math.max(...placesOf(compared, BLUE, 0, compared.height))).toBeLessThan(200);
    expect(Math.min(...placesOf(compared, ORANGE, 0, compared.height))).toBeGreaterThan(200);
    expect(placesOf(compared, WHITE, 0, compared.height)).toEqual([]);
  });

  test('takes its slices from the reference, whatever the prediction, and without a reference from that', () => {
    const none = withLabels(leftRight, () => 0);
    const everywhere = withLabels(leftRight, () => 1);
    const lungs = slicePicture(image, { reference: leftRight, prediction: none });
    // An outline of the whole image is none, as the image's end isn't one.
    expect(isSame(slicePicture(image, { reference: leftRight, prediction: everywhere }), lungs)).toBe(true);
    const found = slicePicture(image, { reference: none, prediction: leftRight });
    expect(placesOf(found, ORANGE, 0, found.height)).toHaveLength(
      placesOf(lungs, BLUE, 0, lungs.height).length,
    );
  });

  test('shows a chest without lungs without outlines', () => {
    const none = makeChest([84, 64, 50], [4, 4, 5], []);
    const empty = slicePicture(none.image, { labels: none.leftRight });
    expect(placesOf(empty, ORANGE, 0, empty.height)).toEqual([]);
  });

  test('stays of a sensible size for a long scan', () => {
    const long = makeChest([40, 40, 100], [4, 4, 20]);
    const { width, height } = slicePicture(long.image, { labels: long.leftRight });
    expect(width).toBe(1612);
    expect(height).toBe(400 + 4 + 800);
  });

  test('refuses a number of slices that is none', () => {
    expect(() => slicePicture(image, { labels: leftRight }, { columns: 0 })).toThrow(
      'columns must be a positive integer. Received: 0.',
    );
  });
});
