import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGeometry, createVolume, indexToWorld, voxelCount, worldToIndex } from '@lungseg/core';
import type { Geometry, Vec3, Volume } from '@lungseg/core';
import { permuteAxes, resampleToGrid } from './index.js';
import { largestDifference } from './testing/reference.js';
import { anyGeometry, anyIndex, anyVec3, anyVolume, indexOf } from './testing/arbitraries.js';

/** Trilinear interpolation from its definition, slow. */
function interpolateByDefinition(volume: Volume, world: Vec3, border: 'clamp' | number): number {
  const { size } = volume.geometry;
  let index = worldToIndex(volume.geometry, world);
  if (border === 'clamp') {
    index = index.map((v, axis) => Math.min(Math.max(v, 0), size[axis]! - 1)) as unknown as Vec3;
  }
  const floor = index.map(Math.floor);
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    const at = floor.map((v, axis) => v + ((corner >> axis) & 1)) as [number, number, number];
    const weight = at.reduce((product, v, axis) => product * (1 - Math.abs(index[axis]! - v)), 1);
    const isInside = at.every((v, axis) => v >= 0 && v < size[axis]!);
    const outside = border === 'clamp' ? 0 : border;
    sum += weight * (isInside ? volume.data[(at[2] * size[1] + at[1]) * size[0] + at[0]]! : outside);
  }
  return sum;
}

function expectByDefinition(volume: Volume, geometry: Geometry, border: 'clamp' | number): void {
  const result = resampleToGrid({ ...volume, kind: 'intensity' }, geometry, { border });
  expect(result.geometry).toBe(geometry);
  const expected = result.data.map((_, n) =>
    interpolateByDefinition(volume, indexToWorld(geometry, indexOf(n, geometry.size)), border),
  );
  // Values lie over a range of 2000, of which 1e-4 is allowed.
  expect(largestDifference(result.data, expected)).toBeLessThan(0.2);
}

const anyBorder = fc.constantFrom<'clamp' | number>('clamp', -1000, 0);

describe('resampleToGrid, linear', () => {
  test('agrees with the definition of trilinear interpolation on grids at any angle', () => {
    fc.assert(
      fc.property(anyVolume, anyGeometry, anyVec3(-8, 8), anyBorder, (volume, other, shift, border) => {
        const [x, y, z] = indexToWorld(volume.geometry, [2, 2, 2]);
        const geometry = { ...other, origin: [x + shift[0], y + shift[1], z + shift[2]] as const };
        expectByDefinition(volume, geometry, border);
      }),
      { numRuns: 50 },
    );
  });

  test('agrees with it on parallel grids, their axes in any order and direction', () => {
    const flags = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean());
    const orders = fc.constantFrom([0, 1, 2] as const, [1, 2, 0] as const, [2, 1, 0] as const);
    fc.assert(
      fc.property(
        anyVolume,
        anyIndex(1, 12),
        anyVec3(0.3, 6),
        anyVec3(-2, 6),
        orders,
        flags,
        anyBorder,
        (volume, size, spacing, start, order, flips, border) => {
          const { geometry } = permuteAxes(volume, order, flips);
          const target = { ...geometry, size, spacing, origin: indexToWorld(volume.geometry, start) };
          expectByDefinition(volume, target, border);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('gives the same voxels as float32 on the same grid', () => {
    fc.assert(
      fc.property(anyVolume, (volume) => {
        const result = resampleToGrid({ ...volume, kind: 'intensity' }, volume.geometry);
        expect(result.data).toBeInstanceOf(Float32Array);
        expect(largestDifference(result.data, volume.data)).toBeLessThan(1e-9);
      }),
    );
  });

  test('with antialias, keeps constants and averages what lies between, the triangle by hand', () => {
    const geometry = createGeometry({ size: [9, 1, 1] });
    const half = createGeometry({ size: [5, 1, 1], spacing: [2, 1, 1] });
    const flat = createVolume(new Float32Array(9).fill(7), geometry);
    expect([...resampleToGrid(flat, half, { antialias: true }).data]).toEqual([7, 7, 7, 7, 7]);
    const spike = createVolume(Float32Array.of(0, 0, 0, 0, 8, 0, 0, 0, 0), geometry);
    expect([...resampleToGrid(spike, half, { antialias: true }).data]).toEqual([0, 0, 4, 0, 0]);
    expect([...resampleToGrid(spike, half).data]).toEqual([0, 0, 8, 0, 0]);
    const beside = createVolume(Float32Array.of(0, 0, 0, 8, 0, 0, 0, 0, 0), geometry);
    expect([...resampleToGrid(beside, half, { antialias: true }).data]).toEqual([0, 2, 2, 0, 0]);
    expect([...resampleToGrid(beside, half).data]).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('resampleToGrid, nearest', () => {
  test('takes a voxel that is as near as any, and keeps its type', () => {
    fc.assert(
      fc.property(anyVolume, anyGeometry, (volume, other) => {
        const geometry = { ...other, origin: volume.geometry.origin };
        const result = resampleToGrid(volume, geometry, { interpolation: 'nearest' });
        expect(result.data).toBeInstanceOf(Int16Array);
        const { size } = volume.geometry;
        result.data.forEach((value, n) => {
          const index = worldToIndex(volume.geometry, indexToWorld(geometry, indexOf(n, geometry.size)));
          const clamped = index.map((v, axis) => Math.min(Math.max(v, 0), size[axis]! - 1));
          const near = volume.data.filter((_, m) =>
            indexOf(m, size).every((v, axis) => Math.abs(v - clamped[axis]!) <= 0.5 + 1e-3),
          );
          if (!near.includes(value)) throw new Error(`${value} is not at ${String(index)}`);
        });
      }),
      { numRuns: 30 },
    );
  });

  test('takes the even index at halves, as PyTorch grid_sample does, and 0 outside labels', () => {
    const label = createVolume(Uint8Array.of(1, 2, 3, 4), createGeometry({ size: [4, 1, 1] }), 'label');
    const grid = createGeometry({ size: [6, 1, 1], origin: [-0.5 - 1, 0, 0] });
    expect([...resampleToGrid(label, grid).data]).toEqual([1, 1, 1, 3, 3, 4]);
    expect([...resampleToGrid(label, grid, { border: -1024 }).data]).toEqual([0, 1, 1, 3, 3, 0]);
  });

  test('never interpolates labels, whatever is asked', () => {
    const label = createVolume(Uint8Array.of(1, 4), createGeometry({ size: [2, 1, 1] }), 'label');
    const grid = createGeometry({ size: [9, 1, 1], spacing: [0.1, 1, 1] });
    const result = resampleToGrid(label, grid, { interpolation: 'linear' });
    expect(result.kind).toBe('label');
    expect(new Set(result.data)).toEqual(new Set([1, 4]));
  });

  test('keeps 32-bit labels that float32 would round', () => {
    const label = createVolume(Int32Array.of(16777217, 5), createGeometry({ size: [2, 1, 1] }), 'label');
    expect([...resampleToGrid(label, label.geometry).data]).toEqual([16777217, 5]);
  });
});

test('does not change its input', () => {
  const volume = createVolume(new Int16Array(24).fill(3), createGeometry({ size: [2, 3, 4] }));
  const before = volume.data.slice();
  const geometry = createGeometry({ size: [5, 5, 5], spacing: [0.4, 0.5, 0.6] });
  expect(resampleToGrid(volume, geometry).data).toHaveLength(voxelCount(geometry));
  expect(volume.data).toEqual(before);
});
