import { expect, test } from '@jest/globals';
import { createThoraxPhantom, PHANTOM_PRESETS } from '@lungseg/data';
import { pictureOfTransforms } from './transforms-picture.js';

test('shows three rows of five slices, no two alike, the last place free', () => {
  const { width, height, data } = pictureOfTransforms(
    createThoraxPhantom({ ...PHANTOM_PRESETS.tiny, seed: 7 }).image,
  );
  expect([width, height]).toEqual([5 * 204 - 4, 3 * 154 - 4]);
  const tileAt = (n: number): string => {
    const [left, top] = [(n % 5) * 204, Math.floor(n / 5) * 154];
    const rows = Array.from({ length: 150 }, (_, row) => {
      const start = ((top + row) * width + left) * 3;
      return Buffer.from(data.subarray(start, start + 600)).toString('base64');
    });
    return rows.join('');
  };
  const tiles = Array.from({ length: 15 }, (_, n) => tileAt(n));
  expect(new Set(tiles).size).toBe(15);
  expect(/^A+$/.test(tiles[14]!)).toBe(true);
});
