import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { InvalidArgumentError } from './errors.js';
import {
  cornersOf,
  createGeometry,
  IDENTITY_DIRECTION,
  indexToWorld,
  invertMat3,
  multiplyMat3Vec3,
  sameGrid,
  voxelCount,
  worldToIndex,
  type Mat3,
  type Vec3,
} from './geometry.js';
import { anyDirection, anyGeometry, anyPoint } from './testing/arbitraries.js';

const largestDifference = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((n, i) => Math.abs(n - b[i]!)));

describe('createGeometry', () => {
  test("takes ITK's defaults: spacing 1, origin 0, identity", () => {
    expect(createGeometry({ size: [2, 3, 4] })).toEqual({
      size: [2, 3, 4],
      spacing: [1, 1, 1],
      origin: [0, 0, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    });
  });

  const good = { size: [2, 3, 4] as Vec3 };
  test.each<[string, object, string]>([
    ['a size of 0', { size: [2, 0, 4] }, 'size must be three positive integers. Received: 2,0,4.'],
    ['half a voxel', { size: [2, 1.5, 4] }, 'size must be three positive integers. Received: 2,1.5,4.'],
    ['a 2-D size', { size: [2, 3] }, 'size must be three positive integers. Received: 2,3.'],
    [
      'a negative spacing',
      { spacing: [1, -1, 1] },
      'spacing must be three positive numbers of mm. Received: 1,-1,1.',
    ],
    [
      'a spacing of 0',
      { spacing: [1, 1, 0] },
      'spacing must be three positive numbers of mm. Received: 1,1,0.',
    ],
    [
      'a spacing of NaN',
      { spacing: [NaN, 1, 1] },
      'spacing must be three positive numbers of mm. Received: NaN,1,1.',
    ],
    [
      'an infinite origin',
      { origin: [0, Infinity, 0] },
      'origin must be three finite numbers of mm. Received: 0,Infinity,0.',
    ],
    [
      'a sheared direction',
      { direction: [1, 0.1, 0, 0, 1, 0, 0, 0, 1] },
      'direction must be nine numbers whose columns are orthonormal. Received: 1,0.1,0,0,1,0,0,0,1.',
    ],
    [
      'a direction that scales',
      { direction: [2, 0, 0, 0, 1, 0, 0, 0, 1] },
      'direction must be nine numbers whose columns are orthonormal. Received: 2,0,0,0,1,0,0,0,1.',
    ],
    [
      'a direction with NaN',
      { direction: [NaN, 0, 0, 0, 1, 0, 0, 0, 1] },
      'direction must be nine numbers whose columns are orthonormal. Received: NaN,0,0,0,1,0,0,0,1.',
    ],
    [
      'a direction of four numbers',
      { direction: [1, 0, 0, 1] },
      'direction must be nine numbers whose columns are orthonormal. Received: 1,0,0,1.',
    ],
  ])('refuses %s, and says what it received', (_, parts, message) => {
    const create = (): unknown => createGeometry({ ...good, ...parts });
    expect(create).toThrow(InvalidArgumentError);
    expect(create).toThrow(message);
  });

  test('takes directions that are rounded as file headers round them, to three decimals', () => {
    const [c, s] = [0.966, 0.259];
    expect(() => createGeometry({ ...good, direction: [c, -s, 0, s, c, 0, 0, 0, 1] })).not.toThrow();
  });

  test('takes every rotation and mirror image', () => {
    fc.assert(fc.property(anyDirection, (direction) => void createGeometry({ ...good, direction })));
  });
});

describe('indexToWorld and worldToIndex', () => {
  test('place a voxel of an oblique grid as worked out by hand', () => {
    // i runs to the back, j to the right, k to the head.
    const geometry = createGeometry({
      size: [10, 10, 10],
      spacing: [2, 3, 5],
      origin: [100, -50, 7],
      direction: [0, -1, 0, 1, 0, 0, 0, 0, 1],
    });
    expect(indexToWorld(geometry, [0, 0, 0])).toEqual([100, -50, 7]);
    expect(indexToWorld(geometry, [1, 2, 3])).toEqual([94, -48, 22]);
    expect(worldToIndex(geometry, [94, -48, 22])).toEqual([1, 2, 3]);
  });

  test('are each other’s inverse on any grid', () => {
    fc.assert(
      fc.property(anyGeometry, anyPoint, (geometry, point) => {
        expect(largestDifference(worldToIndex(geometry, indexToWorld(geometry, point)), point)).toBeLessThan(
          1e-6,
        );
        expect(largestDifference(indexToWorld(geometry, worldToIndex(geometry, point)), point)).toBeLessThan(
          1e-6,
        );
      }),
    );
  });

  test('are each other’s inverse even where the direction is orthonormal to 1e-3 only', () => {
    const direction: Mat3 = [1, 4e-4, 0, 0, 1, 0, 0, 0, 1.0004];
    const geometry = createGeometry({ size: [500, 500, 500], direction });
    const back = worldToIndex(geometry, indexToWorld(geometry, [499, 499, 499]));
    expect(largestDifference(back, [499, 499, 499])).toBeLessThan(1e-9);
  });

  test('a step along an axis is the spacing long', () => {
    fc.assert(
      fc.property(anyGeometry, fc.constantFrom(0, 1, 2), (geometry, axis) => {
        const step = [0, 1, 2].map((n) => (n === axis ? 1 : 0)) as unknown as Vec3;
        const [a, b] = [indexToWorld(geometry, [0, 0, 0]), indexToWorld(geometry, step)];
        expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeCloseTo(geometry.spacing[axis], 8);
      }),
    );
  });
});

describe('invertMat3', () => {
  test('times its matrix is the identity', () => {
    const entry = fc.double({ min: -10, max: 10, noNaN: true });
    const matrix = fc.tuple(entry, entry, entry, entry, entry, entry, entry, entry, entry);
    fc.assert(
      fc.property(matrix, (m) => {
        // Rows that dominate on the diagonal: invertible, and well conditioned.
        const sure: Mat3 = [m[0] + 40, m[1], m[2], m[3], m[4] + 40, m[5], m[6], m[7], m[8] + 40];
        const inverse = invertMat3(sure);
        for (const unit of [0, 1, 2]) {
          const e = [0, 1, 2].map((n) => (n === unit ? 1 : 0)) as unknown as Vec3;
          expect(largestDifference(multiplyMat3Vec3(inverse, multiplyMat3Vec3(sure, e)), e)).toBeLessThan(
            1e-12,
          );
        }
      }),
    );
  });

  test('takes the matrix of a microscope, with spacings of 1e-5 mm', () => {
    expect(invertMat3([1e-5, 0, 0, 0, 1e-5, 0, 0, 0, 2e-5])[8]).toBeCloseTo(5e4, 6);
  });

  test.each<[string, Mat3]>([
    ['rows that depend on each other', [1, 2, 3, 2, 4, 6, 0, 0, 1]],
    ['nothing but zeros', [0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['NaN', [NaN, 0, 0, 0, 1, 0, 0, 0, 1]],
  ])('refuses %s', (_, matrix) => {
    expect(() => invertMat3(matrix)).toThrow(
      /A matrix must be invertible. Received one with determinant (0|NaN)/,
    );
  });
});

describe('sameGrid', () => {
  const geometry = createGeometry({
    size: [512, 512, 133],
    spacing: [0.7, 0.7, 2.5],
    origin: [-166, -171, -340],
  });

  test('holds of a grid and itself', () => {
    fc.assert(fc.property(anyGeometry, (any) => sameGrid(any, any)));
  });

  test('sees another size, a shift, and a spacing that adds up to more than the tolerance at the far end', () => {
    expect(sameGrid(geometry, { ...geometry, size: [512, 512, 134] })).toBe(false);
    expect(sameGrid(geometry, { ...geometry, origin: [-166, -171, -339.99] })).toBe(false);
    expect(sameGrid(geometry, { ...geometry, spacing: [0.7, 0.7, 2.50001] })).toBe(false);
    expect(sameGrid(geometry, { ...geometry, spacing: [0.7, 0.7, 2.500001] })).toBe(true);
  });

  test('takes a tolerance in mm', () => {
    const shifted = { ...geometry, origin: [-166, -171, -339.95] as Vec3 };
    expect(sameGrid(geometry, shifted, 0.1)).toBe(true);
  });

  test('tells a mirrored grid from the same one', () => {
    const mirrored = createGeometry({ ...geometry, direction: [-1, 0, 0, 0, 1, 0, 0, 0, 1] });
    expect(sameGrid(geometry, mirrored)).toBe(false);
  });
});

test('cornersOf lists the eight corners, i fastest', () => {
  expect(cornersOf([2, 3, 4])).toEqual([
    [0, 0, 0],
    [1, 0, 0],
    [0, 2, 0],
    [1, 2, 0],
    [0, 0, 3],
    [1, 0, 3],
    [0, 2, 3],
    [1, 2, 3],
  ]);
});

test('voxelCount multiplies the sizes', () => {
  expect(voxelCount(createGeometry({ size: [2, 3, 4] }))).toBe(24);
  expect(IDENTITY_DIRECTION).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
});
