import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  axisCodes,
  createGeometry,
  createVolume,
  indexToWorld,
  Rng,
  sameGrid,
  worldToIndex,
  type Mat3,
} from '@lungseg/core';
import { orientation, permuteAxes, reorient } from './index.js';
import { anyVolume, indexOf } from './testing/arbitraries.js';

const AXES = [
  ['R', 'L'],
  ['A', 'P'],
  ['I', 'S'],
] as const;
const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;
const ALL_CODES = ORDERS.flatMap((order) =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => order.map((axis, n) => AXES[axis][(bits >> n) & 1]).join('')),
);

/** Whether no axis is as near to one of the patient's as to another, or as another is: rounding chooses its letter then. */
function hasNearestAxes(direction: Mat3): boolean {
  const pairs = direction.map((value, n) => ({
    near: Math.abs(value),
    row: Math.floor(n / 3),
    column: n % 3,
  }));
  return pairs.every((a) =>
    pairs.every(
      (b) =>
        a === b ||
        (a.row !== b.row && a.column !== b.column) ||
        a.near < 0.1 ||
        Math.abs(a.near - b.near) > 1e-9,
    ),
  );
}

describe('orientation', () => {
  test('reaches each of the 48 codes, every voxel at its place in the patient, and inverts exactly', () => {
    fc.assert(
      fc.property(anyVolume, fc.constantFrom(...ALL_CODES), (volume, axcodes) => {
        fc.pre(hasNearestAxes(volume.geometry.direction));
        const transform = orientation({ axcodes });
        const params = transform.sampleParams(new Rng(0), { volume });
        const turned = transform.apply(volume, params);
        expect(axisCodes(turned.geometry)).toBe(axcodes);
        const [nx, ny] = volume.geometry.size;
        const expected = turned.data.map((_, n) => {
          const world = indexToWorld(turned.geometry, indexOf(n, turned.geometry.size));
          const [i, j, k] = worldToIndex(volume.geometry, world).map(Math.round) as [number, number, number];
          return volume.data[(k * ny + j) * nx + i]!;
        });
        expect(turned.data).toEqual(expected);
        const back = transform.invert!(turned, params);
        expect(back.data).toEqual(volume.data);
        expect(sameGrid(back.geometry, volume.geometry, 1e-9)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('puts what is at the patient right at the end of i for RAS, by hand', () => {
    // The identity direction runs to L, P, S: the last voxel is the most to the left.
    const volume = createVolume(
      Int16Array.of(1, 2, 3),
      createGeometry({ size: [3, 1, 1], spacing: [2, 1, 1] }),
    );
    const result = reorient(volume, 'RAS');
    expect([...result.data]).toEqual([3, 2, 1]);
    expect(result.geometry.origin).toEqual([4, 0, 0]);
    expect(result.geometry.direction).toEqual([-1, 0, 0, 0, -1, 0, 0, 0, 1]);
  });

  test('refuses axes that are not one of each', () => {
    for (const axcodes of ['RAR', 'LR', 'LPSX', 'ras', '']) {
      expect(() => orientation({ axcodes })).toThrow(`Received: ${axcodes}.`);
    }
  });

  test('refuses a volume that runs otherwise than the one the parameters are for', () => {
    const image = createVolume(new Int16Array(8), createGeometry({ size: [2, 2, 2] }));
    const label = permuteAxes(image, [0, 1, 2], [true, false, false]);
    const transform = orientation({ axcodes: 'RAS' });
    const params = transform.sampleParams(new Rng(0), { image, label });
    expect(() => transform.apply(label, params)).toThrow(/must run to the same sides, LPS. Received: RPS/);
  });

  test('moves large volumes, in tiles, like small ones', () => {
    const geometry = createGeometry({ size: [70, 130, 3] });
    const volume = createVolume(
      new Uint32Array(70 * 130 * 3).map((_, n) => n),
      geometry,
    );
    for (const order of ORDERS) {
      for (const flips of [
        [false, true, false],
        [true, false, true],
      ] as const) {
        const moved = permuteAxes(volume, order, flips);
        const [nx, ny, nz] = moved.geometry.size;
        for (const target of [0, 1, nx, nx * ny - 1, nx * ny, nx * ny * nz - 1]) {
          const source: [number, number, number] = [0, 0, 0];
          indexOf(target, moved.geometry.size).forEach((index, n) => {
            const axis = order[n]!;
            source[axis] = flips[n]! ? geometry.size[axis] - 1 - index : index;
          });
          expect(moved.data[target]).toBe((source[2] * 130 + source[1]) * 70 + source[0]);
        }
      }
    }
  });
});
