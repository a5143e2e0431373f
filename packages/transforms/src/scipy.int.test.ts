import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, indexToWorld, type Mat3, type Vec3, type Volume } from '@lungseg/core';
import {
  closeLabels,
  gaussianBlur,
  resampleToGrid,
  rotate,
  transformVolume,
  type Interpolation,
} from './index.js';
import { largestDifference, readReference } from './testing/reference.js';

const reference = readReference('scipy');
const tensor = (name: string): Float32Array => reference(name).data as Float32Array;

/** Shapes are [z, y, x], sizes x, y, z; voxels have the same order. */
function volumeOf(name: string, kind: Volume['kind'] = 'intensity', spacing: Vec3 = [1, 1, 1]): Volume {
  const [nz, ny, nx] = reference(name).shape as [number, number, number];
  return createVolume(tensor(name), createGeometry({ size: [nx, ny, nz], spacing }), kind);
}

const volume = volumeOf('volume');
const range = Math.max(...volume.data) - Math.min(...volume.data);
const closest = (a: ArrayLike<number>, name: string): number => largestDifference(a, tensor(name)) / range;

const interpolations = ['nearest', 'linear', 'cubic'] as const;
const borders = [
  ['clamp', 'clamp', 'nearest'],
  ['reflect', 'reflect', 'reflect'],
  ['zero', 0, 'grid-constant'],
] as const;
const cases = interpolations.flatMap((interpolation) =>
  borders.map(([name, border, mode]) => [interpolation, name, border, mode] as const),
);

/** Interpolated voxels may differ a little; a voxel that is taken is the same one, or wrong. */
const toleranceOf = (interpolation: Interpolation): number => (interpolation === 'nearest' ? 0 : 1e-4);

describe('resampleToGrid, within 1e-4 of the range, the nearest voxel exactly', () => {
  test.each(cases)('%s, %s, at an angle, matches SciPy map_coordinates', (interpolation, name, border) => {
    const { size } = volume.geometry;
    const direction = [...tensor('turned_matrix')] as unknown as Mat3;
    const middle: Vec3 = [(size[0] - 1) / 2, (size[1] - 1) / 2, (size[2] - 1) / 2];
    const turned = createGeometry({ size, direction });
    const at = indexToWorld(turned, middle);
    const grid = { ...turned, origin: [0, 1, 2].map((n) => middle[n]! - at[n]!) as unknown as Vec3 };
    const result = resampleToGrid(volume, grid, { interpolation, border });
    expect(closest(result.data, `turned_${interpolation}_${name}`)).toBeLessThanOrEqual(
      toleranceOf(interpolation),
    );
  });

  test.each(cases)('%s, %s, axis by axis, matches SciPy map_coordinates', (interpolation, name, border) => {
    // No voxel of it lies halfway between two for the nearest, of which SciPy takes the upper one and PyTorch the even one.
    const before = interpolation === 'nearest' ? 0.03 : 0;
    const origin: Vec3 = [-2.3 - before, -1.5 - before, -2 - before];
    const grid = createGeometry({ size: [21, 9, 28], spacing: [0.7, 1.4, 0.45], origin });
    const result = resampleToGrid(volume, grid, { interpolation, border });
    expect(closest(result.data, `parallel_${interpolation}_${name}`)).toBeLessThanOrEqual(
      toleranceOf(interpolation),
    );
  });

  test.each(['linear', 'nearest'] as const)(
    '%s, matches SimpleITK on a tilted grid in the patient',
    (kind) => {
      const g = [...tensor('itk_grid')];
      const grid = createGeometry({
        size: g.slice(0, 3) as unknown as Vec3,
        spacing: g.slice(3, 6) as unknown as Vec3,
        origin: g.slice(6, 9) as unknown as Vec3,
        direction: g.slice(9) as unknown as Mat3,
      });
      const geometry = createGeometry({
        size: volume.geometry.size,
        spacing: [0.9, 1.3, 2.5],
        origin: [-20, 31, -7],
        direction: [0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, 1],
      });
      const result = resampleToGrid({ ...volume, geometry }, grid, { interpolation: kind });
      const inside = tensor('itk_inside');
      const [ours, theirs] = [result.data, tensor(`itk_${kind}`)].map((data) =>
        [...data].filter((_, n) => inside[n] === 1),
      ) as [number[], number[]];
      expect(ours.length).toBeGreaterThan(300);
      expect(largestDifference(ours, theirs) / range).toBeLessThan(1e-4);
    },
  );
});

describe('rotate, within 1e-4 of the range', () => {
  test('about k, matches SciPy ndimage.rotate', () => {
    const result = transformVolume(rotate({ degrees: [0, 0, 20], border: 0 }), volume);
    expect(closest(result.data, 'rotate_k')).toBeLessThan(1e-4);
  });

  test('about k in mm, matches SimpleITK Euler3DTransform inside', () => {
    const placed = volumeOf('volume', 'intensity', [0.9, 1.3, 2.5]);
    const result = transformVolume(rotate({ degrees: [0, 0, 30], border: 0 }), placed);
    const inside = tensor('itk_rotate_inside');
    const [ours, theirs] = [result.data, tensor('itk_rotate_k')].map((data) =>
      [...data].filter((_, n) => inside[n] === 1),
    ) as [number[], number[]];
    expect(ours.length).toBeGreaterThan(400);
    expect(largestDifference(ours, theirs) / range).toBeLessThan(1e-4);
  });
});

test('gaussianBlur matches SciPy gaussian_filter, nearest, within 1e-4 of the range', () => {
  const placed = volumeOf('volume', 'intensity', [0.9, 1.3, 2.5]);
  const result = transformVolume(gaussianBlur({ sigma: 1.2 }), placed);
  expect(closest(result.data, 'gaussian')).toBeLessThan(1e-4);
});

test('closeLabels matches SciPy binary_closing with a ball in mm, exactly', () => {
  const mask = volumeOf('mask', 'label', [0.9, 1.3, 2.5]);
  const result = transformVolume(closeLabels({ radius: 4 }), mask);
  expect(largestDifference(result.data, tensor('closed'))).toBe(0);
  expect(largestDifference(result.data, mask.data)).toBe(1);
});
