import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  axisCodes,
  geometryToRasAffine,
  nearestAxes,
  rasAffineToGeometry,
  sizeOfTensorShape,
  tensorShapeOf,
} from './conventions.js';
import { InvalidArgumentError } from './errors.js';
import { createGeometry, indexToWorld, sameGrid, type Mat3 } from './geometry.js';
import { anyGeometry } from './testing/arbitraries.js';
import { expected } from './testing/expected.js';

describe('RAS affines', () => {
  test('the affine of an LPS grid, worked out by hand: x and y change their sign', () => {
    const geometry = createGeometry({ size: [4, 4, 4], spacing: [0.7, 0.8, 2.5], origin: [10, -20, 30] });
    expect(geometryToRasAffine(geometry)).toEqual([
      -0.7, -0, -0, -10, -0, -0.8, -0, 20, 0, 0, 2.5, 30, 0, 0, 0, 1,
    ]);
  });

  test('there and back is the same grid', () => {
    fc.assert(
      fc.property(anyGeometry, (geometry) => {
        const back = rasAffineToGeometry(geometryToRasAffine(geometry), geometry.size);
        expect(sameGrid(back, geometry, 1e-8)).toBe(true);
      }),
    );
  });

  test('voxels lie where nibabel puts them, in all 48 orientations and oblique ones', () => {
    for (const { affine, index, ras } of expected.orientations) {
      const [x, y, z] = indexToWorld(rasAffineToGeometry(affine, [10, 10, 10]), index);
      expect(Math.hypot(-x - ras[0], -y - ras[1], z - ras[2])).toBeLessThan(1e-9);
    }
  });

  test.each<[string, number[], string]>([
    ['one with 12 numbers', new Array<number>(12).fill(0), 'An affine must have 16 numbers. Received: 12.'],
    ['a sheared one', [1, 0.2, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], 'columns are orthonormal'],
    [
      'one with an axis of no length',
      [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
      'spacing must be three positive',
    ],
    ['NaN', [NaN, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], 'spacing must be three positive'],
    [
      'an infinite origin',
      [1, 0, 0, Infinity, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
      'origin must be three finite',
    ],
  ])('refuses %s', (_, affine, message) => {
    const convert = (): unknown => rasAffineToGeometry(affine, [2, 2, 2]);
    expect(convert).toThrow(InvalidArgumentError);
    expect(convert).toThrow(message);
  });
});

describe('axisCodes', () => {
  test("matches nibabel's aff2axcodes on all 48 orientations, and on oblique ones", () => {
    expect(expected.orientations.length).toBe(56);
    for (const { affine, codes } of expected.orientations)
      expect(axisCodes(rasAffineToGeometry(affine, [2, 2, 2]))).toBe(codes);
  });

  test('names the 48 orientations, each once, as they are built', () => {
    const letters = ['RL', 'AP', 'SI'];
    const seen = new Set<string>();
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      for (let signs = 0; signs < 8; signs++) {
        const affine = new Array<number>(16).fill(0);
        affine[15] = 1;
        let codes = '';
        for (let axis = 0; axis < 3; axis++) {
          const world = order[axis]!;
          const against = (signs >> axis) & 1;
          affine[world * 4 + axis] = against ? -1 : 1;
          codes += letters[world]![against]!;
        }
        expect(axisCodes(rasAffineToGeometry(affine, [2, 2, 2]))).toBe(codes);
        seen.add(codes);
      }
    }
    expect(seen.size).toBe(48);
  });

  test('uses each world axis once on any grid, the diagonal ones included', () => {
    fc.assert(
      fc.property(anyGeometry, (geometry) => {
        const worlds = nearestAxes(geometry.direction).map(({ world }) => world);
        expect(worlds.sort()).toEqual([0, 1, 2]);
      }),
    );
    const h = Math.SQRT1_2;
    const diagonal: Mat3 = [h, -h, 0, h, h, 0, 0, 0, 1];
    expect(
      nearestAxes(diagonal)
        .map(({ world }) => world)
        .sort(),
    ).toEqual([0, 1, 2]);
  });
});

describe('tensor shapes', () => {
  test('are [1, D, H, W, C] for a size x, y, z', () => {
    expect(tensorShapeOf([2, 3, 4])).toEqual([1, 4, 3, 2, 1]);
    expect(tensorShapeOf([224, 224, 32], 2)).toEqual([1, 32, 224, 224, 2]);
    expect(sizeOfTensorShape([1, 32, 224, 160, 2])).toEqual([160, 224, 32]);
  });

  test('of another rank are refused', () => {
    expect(() => sizeOfTensorShape([32, 224, 224])).toThrow(
      'A tensor of volumes must be [N, D, H, W, C]. Received: [32, 224, 224].',
    );
  });
});
