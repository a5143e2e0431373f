import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, ShapeError, type Vec3, type Volume } from '@lungseg/core';
import { averageSurfaceDistance, hausdorffDistance, surfaceDice, surfaceDistances } from './index.js';

const geometry = createGeometry({ size: [12, 9, 7], spacing: [0.5, 2, 3] });

/** A box of label 1, from a corner up to and with another. */
function box(low: Vec3, high: Vec3): Volume {
  const [nx, ny, nz] = geometry.size;
  const data = new Uint8Array(nx * ny * nz);
  for (let z = low[2]; z <= high[2]; z++) {
    for (let y = low[1]; y <= high[1]; y++) {
      for (let x = low[0]; x <= high[0]; x++) data[(z * ny + y) * nx + x] = 1;
    }
  }
  return createVolume(data, geometry, 'label');
}

const all = [0, 0, 0, 0, 0, 0, 0, 0] as const;

describe('between one voxel and another', () => {
  const distances = surfaceDistances(box([2, 3, 1], [2, 3, 1]), box([8, 3, 1], [8, 3, 1]));

  test('every measure is the distance of their centres', () => {
    expect([...distances.fromPrediction.distances]).toEqual([3]);
    expect([...distances.fromReference.distances]).toEqual([3]);
    expect(distances.fromPrediction.areas).toBeNull();
    expect(hausdorffDistance(distances)).toBe(3);
    expect(hausdorffDistance(distances, { percentile: 95 })).toBe(3);
    expect(averageSurfaceDistance(distances)).toBe(3);
  });

  test('a distance equal to the tolerance lies within it', () => {
    expect(surfaceDice(distances, { toleranceMm: 3 })).toBe(1);
    expect(surfaceDice(distances, { toleranceMm: 2.999 })).toBe(0);
  });
});

describe('surfaceDistances', () => {
  test('takes the voxels with a face outside, also outside of the image', () => {
    const block = box([0, 0, 0], [4, 4, 4]);
    const { fromPrediction } = surfaceDistances(block, block);
    expect(fromPrediction.distances).toHaveLength(5 ** 3 - 3 ** 3);
    expect(new Set(fromPrediction.distances)).toEqual(new Set([0]));
  });

  test('surfels of a box have the area of its faces between the centres of its outer voxels and their neighbours', () => {
    const block = box([3, 2, 1], [8, 6, 5]);
    const { fromReference } = surfaceDistances(block, block, { elements: 'surfels' });
    const area = fromReference.areas!.reduce((a, b) => a + b, 0);
    // 6 x 5 x 5 voxels of 0.5 x 2 x 3 mm: flat faces are whole, edges and corners are cut off.
    const whole = 2 * (6 * 0.5 * 5 * 2 + 6 * 0.5 * 5 * 3 + 5 * 2 * 5 * 3);
    expect(area).toBeLessThan(whole);
    expect(area).toBeGreaterThan(0.9 * whole);
  });

  test('judges one label apart from the others', () => {
    const a = box([2, 3, 1], [2, 3, 1]);
    const b = { ...box([8, 3, 1], [8, 3, 1]) };
    const data = b.data.slice();
    data[0] = 2;
    const distances = surfaceDistances(a, { ...b, data }, { label: 1 });
    expect(hausdorffDistance(distances)).toBe(3);
    expect(hausdorffDistance(surfaceDistances(a, { ...b, data }))).toBeGreaterThan(3);
  });

  test('is the same the other way round', () => {
    const a = box([2, 3, 1], [6, 5, 3]);
    const b = box([4, 1, 2], [9, 4, 5]);
    const there = surfaceDistances(a, b);
    const back = surfaceDistances(b, a);
    expect(back.fromPrediction).toEqual(there.fromReference);
    expect(back.fromReference).toEqual(there.fromPrediction);
  });

  test('refuses other grids', () => {
    const a = box([2, 3, 1], [2, 3, 1]);
    const other = { ...a, geometry: createGeometry({ size: geometry.size }) };
    expect(() => surfaceDistances(a, other)).toThrow(ShapeError);
  });
});

describe.each(['voxels', 'surfels'] as const)('masks without a voxel, by %s', (elements) => {
  const some = box([2, 3, 1], [6, 5, 3]);
  const none = { ...some, data: new Uint8Array(some.data.length) };
  const measures = (a: Volume, b: Volume): number[] => {
    const distances = surfaceDistances(a, b, { elements });
    return [
      hausdorffDistance(distances),
      hausdorffDistance(distances, { percentile: 95 }),
      averageSurfaceDistance(distances),
      surfaceDice(distances, { toleranceMm: 2 }),
    ];
  };

  test('are infinitely far from a mask, and nothing is known of two', () => {
    expect(measures(none, some)).toEqual([Infinity, Infinity, Infinity, 0]);
    expect(measures(some, none)).toEqual([Infinity, Infinity, Infinity, 0]);
    expect(measures(none, none)).toEqual([NaN, NaN, NaN, NaN]);
  });
});

describe('percentiles', () => {
  const directed = (...values: number[]): { distances: Float32Array; areas: null } => ({
    distances: Float32Array.from(values),
    areas: null,
  });

  test('are taken each way apart, between two distances linearly, and the larger counts', () => {
    const distances = { fromPrediction: directed(...all, 10, 4), fromReference: directed(1, 1) };
    // Of 0 (eight times), 4 and 10 the 95th is 0.55 of the way from 4 to 10.
    expect(hausdorffDistance(distances, { percentile: 95 })).toBeCloseTo(4 + 0.55 * 6, 6);
    expect(hausdorffDistance(distances, { percentile: 50 })).toBe(1);
  });

  test('of areas are the smallest distance within which lies that share', () => {
    const surfels = {
      distances: Float32Array.of(3, 1, 2),
      areas: Float32Array.of(0.1, 0.6, 0.3),
    };
    const distances = { fromPrediction: surfels, fromReference: surfels };
    expect(hausdorffDistance(distances, { percentile: 60 })).toBe(1);
    expect(hausdorffDistance(distances, { percentile: 61 })).toBe(2);
    expect(hausdorffDistance(distances, { percentile: 95 })).toBe(3);
  });

  test.each([0, -5, 101, Number.NaN])('refuses %p', (percentile) => {
    const one = directed(1);
    expect(() => hausdorffDistance({ fromPrediction: one, fromReference: one }, { percentile })).toThrow(
      `percentile must be above 0 and at most 100. Received: ${percentile}.`,
    );
  });
});

test.each([-1, Infinity, Number.NaN])('surfaceDice refuses a tolerance of %p', (toleranceMm) => {
  const none = { distances: new Float32Array(), areas: null };
  expect(() => surfaceDice({ fromPrediction: none, fromReference: none }, { toleranceMm })).toThrow(
    `toleranceMm must be a number of mm, 0 or more. Received: ${toleranceMm}.`,
  );
});
