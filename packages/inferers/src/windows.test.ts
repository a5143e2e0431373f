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
        const starts = windowOrigins([image, 1, 1], [roi, 1, 1], overlap).map(([x]) => x);
        for (const x of starts) covered.fill(1, x, x + roi);
        expect(starts.every((x) => x >= 0 && x + roi <= image)).toBe(true);
        expect(covered.includes(0)).toBe(false);
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
  const multiple: Vec3 = [32, 32, 32];

  test('takes the whole image, up to the multiple, where the largest window holds so many voxels', () => {
    expect(fitWindow([400, 300, 61], { largest: [416, 320, 64], multiple })).toEqual([416, 320, 64]);
    expect(fitWindow([64, 64, 120], { largest: [128, 128, 64], multiple })).toEqual([64, 64, 128]);
  });

  test('computes no more voxels than any other shape that is allowed', () => {
    const side = fc.integer({ min: 1, max: 300 });
    const limit = fc.integer({ min: 1, max: 8 });
    fc.assert(
      fc.property(
        fc.tuple(side, side, side),
        fc.tuple(limit, limit, limit),
        fc.constantFrom(0, 0.25, 0.5),
        (size, steps, overlap) => {
          const padded = size.map((n) => Math.ceil(n / 32) * 32) as [number, number, number];
          const largest = steps.map((n) => 32 * n) as [number, number, number];
          const voxels = ([x, y, z]: Vec3): number => x * y * z;
          const cost = (shape: Vec3): number => voxels(shape) * windowOrigins(padded, shape, overlap).length;
          const allowed = allShapes(padded).filter(
            (shape) =>
              voxels(shape) <= voxels(largest) &&
              shape.every((n, axis) => n >= Math.min(padded[axis]!, largest[axis]! / 2)),
          );
          const window = fitWindow(size, { largest, multiple, overlap });
          expect(allowed).toContainEqual(window);
          expect(cost(window)).toBe(Math.min(...allowed.map(cost)));
        },
      ),
      { numRuns: 30 },
    );
  });

  test('prefers few windows where as much is computed', () => {
    expect(fitWindow([128, 32, 32], { largest: [64, 32, 32], multiple, overlap: 0 })).toEqual([64, 32, 32]);
  });

  test('does not make windows thin, though it would compute less', () => {
    const window = fitWindow([480, 416, 96], { largest: [320, 256, 64], multiple });
    expect(window).toEqual([192, 256, 96]);
  });

  test('rounds the largest window down to the multiple', () => {
    expect(fitWindow([500, 32, 32], { largest: [100, 32, 32], multiple, overlap: 0 })[0]).toBeLessThanOrEqual(
      96,
    );
  });

  test('takes the whole image where memory allows it, else what fits, and says when nothing does', () => {
    const size: Vec3 = [480, 416, 96];
    const within =
      (voxels: number) =>
      ([x, y, z]: Vec3): boolean =>
        x * y * z <= voxels;
    const largest: Vec3 = [320, 256, 64];
    expect(fitWindow(size, { largest, multiple, fits: within(480 * 416 * 96) })).toEqual(size);
    const window = fitWindow(size, { largest, multiple, fits: within(3_000_000) });
    expect(window[0] * window[1] * window[2]).toBeLessThanOrEqual(3_000_000);
    expect(() => fitWindow(size, { largest, multiple, fits: within(1000) })).toThrow(
      'Memory must allow a window of 160 x 128 x 32 voxels at least.',
    );
  });

  test('refuses a largest window that is smaller than the multiple', () => {
    expect(() => fitWindow([64, 64, 64], { largest: [64, 16, 64], multiple })).toThrow(
      'A window must be at least 32 x 32 x 32 voxels for this network. Received: 64 x 16 x 64.',
    );
  });
});

function allShapes(padded: Vec3): Vec3[] {
  const along = (axis: 0 | 1 | 2): number[] =>
    Array.from({ length: padded[axis] / 32 }, (_, n) => 32 * (n + 1));
  return along(0).flatMap((x) => along(1).flatMap((y) => along(2).map((z): Vec3 => [x, y, z])));
}
