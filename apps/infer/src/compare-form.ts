import { axisCodes, indexToWorld, worldToIndex, type Geometry, type Vec3, type Volume } from '@lungseg/core';
import { reorient } from '@lungseg/transforms';

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
 * as both reach: each of its voxels with the nearest one of the finer grid. Dice is 1 where neither mask has a voxel.
 *
 * @param expected 1 right lung, 2 left lung
 * @param actual 1 right lung, 2 left lung, on another grid
 */
export function compareForm(expected: Volume, actual: Volume): FormAgreement {
  const voxel = ({ geometry }: Volume): number => geometry.spacing.reduce((a, b) => a * b, 1);
  const [coarse, fine] = voxel(actual) > voxel(expected) * 1.001 ? [actual, expected] : [expected, actual];
  // With the axes in the same order, the rows of both run through memory alike.
  const pairs = countPairs(coarse, reorient(fine, axisCodes(coarse.geometry)));
  const sides = [1, 2];
  const overlap = (labels: readonly number[], others: readonly number[]): number =>
    diceOf(pairs, labels, others);
  const [diceRight, diceLeft] = [overlap([1], [1]), overlap([2], [2])];
  return {
    dice: overlap(sides, sides),
    diceRight,
    diceLeft,
    sidesSwapped: overlap([1], [2]) > diceRight || overlap([2], [1]) > diceLeft,
  };
}

/** Labels with the background: 0, 1, 2. */
const LABELS = 3;

/** How far from the middle between two voxels a position may have been rounded. */
const TOLERANCE = 1e-6;

/** How many voxels of one grid have which label, where the nearest voxel of another has which: by `3 a + b`; not a = b = 0. */
function countPairs(grid: Volume, other: Volume): Float64Array {
  const pairs = new Float64Array(LABELS * LABELS);
  const { data: labels } = grid;
  const { data: others } = other;
  const [nx, ny, nz] = grid.geometry.size;
  const [mx, my, mz] = other.geometry.size;
  const { start, steps } = placeGrid(grid.geometry, other.geometry);
  const [[dx, dy, dz]] = steps;
  for (let k = 0, n = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const [x0, y0, z0] = [0, 1, 2].map(
        (axis) => start[axis]! + j * steps[1][axis]! + k * steps[2][axis]!,
      ) as [number, number, number];
      for (let i = 0; i < nx; i++, n++) {
        const x = nearest(x0 + i * dx);
        const y = nearest(y0 + i * dy);
        const z = nearest(z0 + i * dz);
        if (x < 0 || x >= mx || y < 0 || y >= my || z < 0 || z >= mz) continue;
        const pair = LABELS * labels[n]! + others[(z * my + y) * mx + x]!;
        if (pair !== 0) pairs[pair]!++;
      }
    }
  }
  return pairs;
}

/** The nearest voxel's index; halves go to the even one, as in resampleToGrid, so that no side is favoured. */
function nearest(position: number): number {
  const index = Math.floor(position + (0.5 + TOLERANCE));
  return index - position >= 0.5 - TOLERANCE && index % 2 !== 0 ? index - 1 : index;
}

/** Where a grid's first voxel lies among another's indices, and how far apart its voxels are there along each of its axes. */
function placeGrid(
  grid: Geometry,
  other: Geometry,
): { readonly start: Vec3; readonly steps: readonly [Vec3, Vec3, Vec3] } {
  const start = worldToIndex(other, grid.origin);
  const step = (...index: Vec3): Vec3 => {
    const [x, y, z] = worldToIndex(other, indexToWorld(grid, index));
    return [x - start[0], y - start[1], z - start[2]];
  };
  return { start, steps: [step(1, 0, 0), step(0, 1, 0), step(0, 0, 1)] };
}

/** Dice of some labels of one grid with some of the other; 1 where neither has a voxel. */
function diceOf(pairs: Float64Array, labels: readonly number[], others: readonly number[]): number {
  let [both, voxels] = [0, 0];
  for (const [pair, count] of pairs.entries()) {
    const isIn = labels.includes(Math.floor(pair / LABELS));
    const isInOther = others.includes(pair % LABELS);
    if (isIn && isInOther) both += count;
    voxels += Number(isIn) * count + Number(isInOther) * count;
  }
  return voxels === 0 ? 1 : (2 * both) / voxels;
}
