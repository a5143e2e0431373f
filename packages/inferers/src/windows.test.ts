import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Vec3 } from '@lungseg/core';
import { fitWindow } from './fit-window.js';
import { windowOrigins } from './windows.js';

/** MONAI's rules, `_get_scan_interval` and `dense_patch_slices`, written out for one axis. */
function monaiStarts(image: number, roi: number, overlap: number): number[] {
  const interval = image === roi ? roi : Math.max(1, Math.trunc(roi * (1 - overlap)));
  const scans = Math.ceil(image / interval);
  let last = 0;
  while (last < scans - 1 && last * interval + roi < image) last++;
  return Array.from({ length: last + 1 }, (_, n) => n * interval - Math.max(n * interval + roi - image, 0));
}

const sizes = fc.record({
  image: fc.integer({ min: 1, max: 300 }),
  share: fc.double({ min: 0.01, max: 1, noNaN: true }),
  overlap: fc.constantFrom(0, 0.1, 0.25, 0.5, 0.75, 0.9),
});

describe('windowOrigins', () => {
  test("begins windows where MONAI's dense_patch_slices does", () => {
    fc.assert(
      fc.property(sizes, ({ image, share, overlap }) => {
        const roi = Math.max(1, Math.floor(image * share));
        const starts = windowOrigins([image, 1, 1], [roi, 1, 1], overlap).map(([x]) => x);
        expect(starts).toEqual(monaiStarts(image, roi, overlap));
      }),
    );
  });

  test('covers every voxel and stays inside the image', () => {
    fc.assert(
      fc.property(sizes, ({ image, share, overlap }) => {
        const roi = Math.max(1, Math.floor(image * share));
        const covered = new Uint8Array(image);
        for (const [x] of windowOrigins([image, 1, 1], [roi, 1, 1], overlap)) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x + roi).toBeLessThanOrEqual(image);
          covered.fill(1, x, x + roi);
        }
        expect(covered).not.toContain(0);
      }),
    );
  });

  test('goes through the axes as MONAI does, the last one fastest', () => {
    expect(windowOrigins([3, 4, 1], [2, 2, 1], 0)).toEqual([
      [0, 0, 0],
      [0, 2, 0],
      [1, 0, 0],
      [1, 2, 0],
    ]);
  });

  test.each([-0.1, 1, 1.5, Number.NaN])('refuses an overlap of %p', (overlap) => {
    expect(() => windowOrigins([4, 4, 4], [2, 2, 2], overlap)).toThrow(
      `overlap must be at least 0 and less than 1. Received: ${overlap}.`,
    );
  });
});

describe('fitWindow', () => {
  const largest: Vec3 = [448, 384, 64];
  const multiple: Vec3 = [32, 32, 32];

  test('takes the whole image, up to the multiple, where the largest window holds it', () => {
    expect(fitWindow([400, 300, 61], { largest, multiple })).toEqual([416, 320, 64]);
  });

  test('needs no more windows than the largest one, and no window is larger than needed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1200 }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(0, 0.25, 0.5),
        (image, largestSteps, overlap) => {
          const limit = largestSteps * 32;
          const [window] = fitWindow([image, 32, 32], { largest: [limit, 32, 32], multiple, overlap });
          const padded = Math.ceil(image / 32) * 32;
          const count = (size: number): number => windowOrigins([padded, 1, 1], [size, 1, 1], overlap).length;
          expect(window % 32).toBe(0);
          expect(window).toBeLessThanOrEqual(limit);
          expect(count(window)).toBe(count(Math.min(limit, padded)));
          if (window > 32 && padded > limit) expect(count(window - 32)).toBeGreaterThan(count(window));
        },
      ),
    );
  });

  test('rounds the largest window down to the multiple', () => {
    expect(fitWindow([500, 500, 100], { largest: [100, 100, 40], multiple, overlap: 0 })).toEqual([
      96, 96, 32,
    ]);
  });

  test('refuses a largest window that is smaller than the multiple', () => {
    expect(() => fitWindow([64, 64, 64], { largest: [64, 16, 64], multiple })).toThrow(
      'A window must be at least 32 x 32 x 32 voxels for this network. Received: 64 x 16 x 64.',
    );
  });
});
