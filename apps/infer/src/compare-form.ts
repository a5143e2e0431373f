import { createVolume, type Volume } from '@lungseg/core';
import { dice } from '@lungseg/metrics';
import { resampleToGrid } from '@lungseg/transforms';

/** How the result on another form of a CT agrees with the result on the CT as it is. */
export interface FormAgreement {
  /** Of both lungs together, where both forms have voxels. */
  readonly dice: number;
  readonly diceRight: number;
  readonly diceLeft: number;
  /** Whether a lung agrees better with the other side's than with its own. */
  readonly sidesSwapped: boolean;
}

/**
 * Compares two masks of right and left lung of the same patient on different grids, on the coarser one of the two, as far
 * as both reach.
 *
 * @param expected 1 right lung, 2 left lung
 * @param actual 1 right lung, 2 left lung, on another grid
 */
export function compareForm(expected: Volume, actual: Volume): FormAgreement {
  const voxel = ({ geometry }: Volume): number => geometry.spacing.reduce((a, b) => a * b, 1);
  const [coarse, fine] = voxel(actual) > voxel(expected) * 1.001 ? [actual, expected] : [expected, actual];
  const onGrid = resampleToGrid(fine, coarse.geometry, { border: 0 });
  const within = reach(fine, coarse);
  const side = (volume: Volume, label: number): Volume =>
    createVolume(
      Uint8Array.from(volume.data, (value, n) => (within[n] === 1 && value === label ? 1 : 0)),
      coarse.geometry,
      'label',
    );
  const [right, left] = [side(coarse, 1), side(coarse, 2)];
  const [otherRight, otherLeft] = [side(onGrid, 1), side(onGrid, 2)];
  const both = (a: Volume, b: Volume): Volume => ({
    ...a,
    data: Uint8Array.from(a.data, (value, n) => value | b.data[n]!),
  });
  const diceRight = agreement(right, otherRight);
  const diceLeft = agreement(left, otherLeft);
  return {
    dice: agreement(both(right, left), both(otherRight, otherLeft)),
    diceRight,
    diceLeft,
    sidesSwapped: agreement(right, otherLeft) > diceRight || agreement(left, otherRight) > diceLeft,
  };
}

/** Dice; 1 where neither mask has a voxel, and 0 where only one has. */
function agreement(a: Volume, b: Volume): number {
  const isEmpty = ({ data }: Volume): boolean => data.every((value) => value === 0);
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b) ? 1 : 0;
  return dice(a, b);
}

/** 1 for each voxel of a grid whose centre lies within another volume. */
function reach({ data, geometry }: Volume, grid: Volume): Volume['data'] {
  const inside = createVolume(new Uint8Array(data.length).fill(1), geometry, 'label');
  return resampleToGrid(inside, grid.geometry, { border: 0 }).data;
}
