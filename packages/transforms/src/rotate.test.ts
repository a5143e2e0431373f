import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGeometry, createVolume, indexToWorld, Rng, worldToIndex } from '@lungseg/core';
import type { Vec3 } from '@lungseg/core';
import { flip, randomFlip, randomRotate, rotate, transformVolume } from './index.js';
import { anyGeometry, anyVec3, anyVolume, indexOf } from './testing/arbitraries.js';

const square = createGeometry({ size: [3, 3, 1] });
const picture = (...values: number[]) => createVolume(Float32Array.from(values), square);

describe('rotate', () => {
  test('turns i to j about k by a quarter, by hand', () => {
    const result = transformVolume(rotate({ degrees: [0, 0, 90] }), picture(1, 2, 3, 4, 5, 6, 7, 8, 9));
    // Row 0 (j = 0), which runs along i, comes to run along j, at the largest i.
    expect([...result.data].map(Math.round)).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3]);
  });

  test('keeps a landmark at its place in the patient: a blob is found where it was', () => {
    fc.assert(
      fc.property(anyVec3(-30, 30), anyVec3(0.8, 2), anyVec3(-2, 2), (degrees, spacing, offset) => {
        const geometry = createGeometry({ size: [32, 32, 32], spacing, origin: [-30, 20, 11] });
        const centre = indexToWorld(geometry, [15.5 + offset[0], 15.5 + offset[1], 15.5 + offset[2]]);
        const data = new Float32Array(32 ** 3).map((_, n) => {
          const p = indexToWorld(geometry, indexOf(n, geometry.size));
          // Of 2 mm, so that the grid's edge cuts nothing of it off, wherever it is turned to.
          const d2 = p.reduce((sum, v, axis) => sum + ((v - centre[axis]!) / 2) ** 2, 0);
          return Math.exp(-d2 / 2);
        });
        const result = transformVolume(rotate({ degrees, border: 0 }), createVolume(data, geometry));
        let mass = 0;
        const moment = [0, 0, 0];
        result.data.forEach((value, n) => {
          mass += value;
          const p = indexToWorld(result.geometry, indexOf(n, geometry.size));
          p.forEach((v, axis) => (moment[axis]! += value * v));
        });
        moment.forEach((v, axis) => expect(Math.abs(v / mass - centre[axis]!)).toBeLessThan(0.05));
      }),
      { numRuns: 5 },
    );
  });

  test('keeps the middle, the size and the spacing; its inverse restores the grid', () => {
    fc.assert(
      fc.property(anyGeometry, anyVec3(-180, 180), (geometry, degrees) => {
        const volume = createVolume(new Uint8Array(geometry.size.reduce((a, b) => a * b)), geometry, 'label');
        const transform = rotate({ degrees });
        const params = transform.sampleParams(new Rng(0), { volume });
        const result = transform.apply(volume, params);
        expect(result.geometry.size).toEqual(geometry.size);
        expect(result.geometry.spacing).toEqual(geometry.spacing);
        const middle = geometry.size.map((n) => (n - 1) / 2) as unknown as Vec3;
        const at = worldToIndex(geometry, indexToWorld(result.geometry, middle));
        at.forEach((v, axis) => expect(v).toBeCloseTo(middle[axis]!, 6));
        expect(transform.invert!(result, params).geometry).toEqual(geometry);
      }),
    );
  });

  test('turns labels without mixing them', () => {
    const label = createVolume(Uint8Array.of(0, 0, 4, 0, 4, 0, 4, 0, 0), square, 'label');
    const result = transformVolume(rotate({ degrees: [0, 0, 20] }), label);
    expect(result.data).toBeInstanceOf(Uint8Array);
    expect([...new Set(result.data)].sort()).toEqual([0, 4]);
  });

  test('draws angles within the range, about each axis', () => {
    const rng = new Rng(4);
    const volume = picture(1, 2, 3, 4, 5, 6, 7, 8, 9);
    const transform = randomRotate({ degrees: [0, 5, 20] });
    const drawn = Array.from({ length: 200 }, () => transform.sampleParams(rng, { volume }).degrees);
    expect(drawn.every(([x]) => x === 0)).toBe(true);
    for (const [axis, most] of [
      [1, 5],
      [2, 20],
    ] as const) {
      const largest = Math.max(...drawn.map((d) => Math.abs(d[axis])));
      expect(largest).toBeLessThanOrEqual(most);
      expect(largest).toBeGreaterThan(0.9 * most);
    }
  });
});

describe('flip', () => {
  test('reverses axes by hand, and the geometry with them', () => {
    const result = transformVolume(flip({ axes: [0] }), picture(1, 2, 3, 4, 5, 6, 7, 8, 9));
    expect([...result.data]).toEqual([3, 2, 1, 6, 5, 4, 9, 8, 7]);
    expect(result.geometry.origin).toEqual([2, 0, 0]);
    expect(result.geometry.direction).toEqual([-1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });

  test('is its own inverse', () => {
    fc.assert(
      fc.property(anyVolume, fc.subarray([0, 1, 2]), (volume, axes) => {
        const transform = flip({ axes });
        const params = transform.sampleParams(new Rng(0), { volume });
        const back = transform.invert!(transform.apply(volume, params), params);
        expect(back.data).toEqual(volume.data);
        back.geometry.origin.forEach((v, n) => expect(v).toBeCloseTo(volume.geometry.origin[n]!, 6));
      }),
    );
  });

  test('by chance, reverses each axis as often as told', () => {
    const rng = new Rng(9);
    const transform = randomFlip({ probability: [0.5, 0.1, 0] });
    const drawn = Array.from({ length: 2000 }, () => transform.sampleParams(rng, {}).flips);
    const share = (axis: number): number => drawn.filter((flips) => flips[axis]).length / 2000;
    expect(share(0)).toBeCloseTo(0.5, 1);
    expect(share(1)).toBeCloseTo(0.1, 1);
    expect(share(2)).toBe(0);
  });

  test('refuses axes and probabilities that are none', () => {
    expect(() => flip({ axes: [3] })).toThrow('axes must be of 0, 1 and 2. Received: 3.');
    expect(() => randomFlip({ probability: 1.5 })).toThrow('probability must be in [0, 1]. Received: 1.5.');
  });
});
