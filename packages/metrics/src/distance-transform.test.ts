import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGeometry, createVolume, indexToWorld, voxelCount, type Vec3 } from '@lungseg/core';
import { distanceTransform } from './index.js';

describe('distanceTransform', () => {
  test('is the distance to the nearest voxel of the label, by comparing all of them', () => {
    const side = fc.integer({ min: 1, max: 7 });
    const step = fc.double({ min: 0.1, max: 10, noNaN: true });
    fc.assert(
      fc.property(
        fc.tuple(side, side, side).chain((size) =>
          fc.record({
            size: fc.constant(size),
            spacing: fc.tuple(step, step, step),
            labels: fc.array(fc.integer({ min: 0, max: 2 }), {
              minLength: size[0] * size[1] * size[2],
              maxLength: size[0] * size[1] * size[2],
            }),
          }),
        ),
        ({ size, spacing, labels }) => {
          const geometry = createGeometry({ size, spacing });
          const { data } = distanceTransform(createVolume(Uint8Array.from(labels), geometry, 'label'), 2);
          const place = (n: number): Vec3 =>
            indexToWorld(geometry, [
              n % size[0],
              Math.floor(n / size[0]) % size[1],
              Math.floor(n / size[0] / size[1]),
            ]);
          const sources = labels.flatMap((label, n) => (label === 2 ? [place(n)] : []));
          for (let n = 0; n < labels.length; n++) {
            const [x, y, z] = place(n);
            const nearest = Math.min(...sources.map((s) => Math.hypot(s[0] - x, s[1] - y, s[2] - z)));
            if (nearest === Infinity) expect(data[n]).toBe(Infinity);
            else expect(Math.abs(data[n]! - nearest)).toBeLessThanOrEqual(1e-6 * nearest);
          }
        },
      ),
    );
  });

  test('counts every label but 0 where none is named, and leaves the mask as it is', () => {
    const geometry = createGeometry({ size: [5, 1, 1], spacing: [2, 1, 1] });
    const mask = createVolume(Uint8Array.of(3, 0, 0, 0, 1), geometry, 'label');
    const distance = distanceTransform(mask);
    expect([...distance.data]).toEqual([0, 2, 4, 2, 0]);
    expect(distance).toMatchObject({ geometry, kind: 'intensity' });
    expect([...mask.data]).toEqual([3, 0, 0, 0, 1]);
  });

  test('is infinite everywhere around an empty mask', () => {
    const geometry = createGeometry({ size: [3, 4, 2] });
    const { data } = distanceTransform(createVolume(new Uint8Array(voxelCount(geometry)), geometry, 'label'));
    expect(new Set(data)).toEqual(new Set([Infinity]));
  });
});
