import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createGeometry,
  createVolume,
  IDENTITY_DIRECTION,
  Rng,
  voxelCount,
  type Mat3,
  type Vec3,
  type Volume,
} from '@lungseg/core';
import { dice } from '@lungseg/metrics';
import { cropRegion, reorient, resampleToGrid } from '@lungseg/transforms';
import { compareForm } from './compare-form.js';
import { FORMS } from './robustness-forms.js';
import { gridAround, renderChest } from './testing/chest.js';

const grid = gridAround([42, 32, 25], [8, 8, 10], IDENTITY_DIRECTION);
const { leftRight } = renderChest(grid);
const SAME = { dice: 1, diceRight: 1, diceLeft: 1, sidesSwapped: false };

/** The 48 ways to store a volume. */
const CODES = FORMS.filter(({ kind }) => kind === 'orientation').map(({ name }) => name.slice(-3));

const relabelled = (volume: Volume, change: (label: number) => number): Volume => ({
  ...volume,
  data: Uint8Array.from(volume.data).map(change),
});

describe('compareForm', () => {
  test('a mask agrees with itself', () => {
    expect(compareForm(leftRight, leftRight)).toEqual(SAME);
  });

  test.each(['RAS', 'SPR', 'ILA', 'PIR'])('a mask agrees with itself stored as %s', (codes) => {
    expect(compareForm(leftRight, reorient(leftRight, codes))).toEqual(SAME);
    expect(compareForm(reorient(leftRight, codes), leftRight)).toEqual(SAME);
  });

  test('any mask agrees with itself in any orientation, tilted or not', () => {
    const angle = fc.double({ min: -0.7, max: 0.7, noNaN: true });
    const codes = fc.constantFrom(...CODES);
    const size = fc.integer({ min: 1, max: 9 });
    const mm = fc.double({ min: 0.3, max: 8, noNaN: true });
    fc.assert(
      fc.property(
        fc.tuple(size, size, size),
        fc.tuple(mm, mm, mm),
        angle,
        codes,
        fc.integer(),
        (size, spacing, turn, axcodes, seed) => {
          const mask = randomMask(size, spacing, turned(turn), seed);
          expect(compareForm(mask, reorient(mask, axcodes))).toEqual(SAME);
        },
      ),
    );
  });

  test("is Dice on the coarser grid, with the nearest of the finer grid's voxels by resampleToGrid", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 5 }), (seed, factor) => {
        const fine = randomMask([11, 7, 10], [1, 2, 1.3], IDENTITY_DIRECTION, seed);
        // The sixth voxel along x lies at 8.5.
        const coarse = randomMask([8, 5, 2], [1.7, 2.1, 1.3 * factor], IDENTITY_DIRECTION, seed + 1);
        const expected = diceWithin(coarse, resampleToGrid(fine, coarse.geometry), [7, 5, 2]);
        expect(compareForm(fine, coarse).dice).toBeCloseTo(expected, 12);
        expect(compareForm(coarse, fine).dice).toBeCloseTo(expected, 12);
      }),
    );
  });

  test('a chest drawn with thicker slices agrees but for the edge', () => {
    const thick = renderChest(gridAround([42, 32, 12], [8, 8, 20], IDENTITY_DIRECTION)).leftRight;
    const thin = renderChest(gridAround([42, 32, 240], [8, 8, 1], IDENTITY_DIRECTION)).leftRight;
    expect(compareForm(thin, thick).dice).toBeGreaterThan(0.99);
    expect(compareForm(reorient(thin, 'SAR'), thick)).toEqual(compareForm(thin, thick));
  });

  test('counts only where both reach, on whichever side a part was cut away', () => {
    const upper = cropRegion(leftRight, [0, 0, 9], [42, 32, 16]);
    const lower = cropRegion(leftRight, [0, 4, 0], [42, 24, 14]);
    expect(compareForm(leftRight, upper)).toEqual(SAME);
    expect(compareForm(upper, leftRight)).toEqual(SAME);
    expect(compareForm(upper, reorient(lower, 'PSL'))).toEqual(SAME);
    // What is wrong outside the overlap doesn't count, what is wrong inside does.
    const { size } = grid;
    const plane = size[0] * size[1];
    const wrong = relabelled(leftRight, (label) => label);
    wrong.data.fill(2, 0, 9 * plane);
    expect(compareForm(wrong, upper)).toEqual(SAME);
    wrong.data.fill(2, 9 * plane, 10 * plane);
    expect(compareForm(wrong, upper).dice).toBeLessThan(1);
  });

  test('tells swapped sides, although both lungs together agree', () => {
    const swapped = relabelled(leftRight, (label) => (label === 0 ? 0 : 3 - label));
    expect(compareForm(leftRight, swapped)).toMatchObject({ dice: 1, diceRight: 0, sidesSwapped: true });
    expect(compareForm(leftRight, reorient(swapped, 'RSA'))).toMatchObject({ dice: 1, sidesSwapped: true });
  });

  test('a lung that was missed lowers its Dice, and is not swapped', () => {
    const missed = relabelled(leftRight, (label) => (label === 1 ? 1 : 0));
    const agreement = compareForm(leftRight, missed);
    expect(agreement.dice).toBeLessThan(0.9);
    expect(agreement).toMatchObject({ diceRight: 1, diceLeft: 0, sidesSwapped: false });
  });

  test('two empty masks agree, an empty one and another do not', () => {
    const empty = relabelled(leftRight, () => 0);
    expect(compareForm(empty, empty)).toEqual(SAME);
    expect(compareForm(leftRight, empty)).toEqual({
      dice: 0,
      diceRight: 0,
      diceLeft: 0,
      sidesSwapped: false,
    });
  });
});

/** Noise of the labels 0, 1, 2. */
function randomMask(size: Vec3, spacing: Vec3, direction: Mat3, seed: number): Volume {
  const rng = new Rng(seed);
  const geometry = createGeometry({ size, spacing, origin: [-30, 20, 410], direction });
  const data = Uint8Array.from({ length: voxelCount(geometry) }, () => rng.integer(0, 3));
  return createVolume(data, geometry, 'label');
}

/** Turned about the patient's long axis, by an angle in radians. */
function turned(angle: number): Mat3 {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [c, -s, 0, s, c, 0, 0, 0, 1];
}

/** Dice of what isn't 0, of two masks on the same grid, in the first voxels along each axis. */
function diceWithin(mask: Volume, other: Volume, size: Vec3): number {
  const part = (volume: Volume): Volume => cropRegion(volume, [0, 0, 0], size);
  return dice(part(mask), part(other));
}
