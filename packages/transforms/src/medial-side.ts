import type { Vec3 } from '@lungseg/core';
import type { ConnectedRuns } from './connected-runs.js';

/** Both hollows are about as large where they differ by less than this share of the lung's area. */
const LEAST_DIFFERENCE = 0.03;

/**
 * Tells which side of a lung faces the mediastinum: the costal side bulges, while heart, hilum and spine press into the
 * other. Each axial slice's outline is held against its convex hull, and what the hull has over it on either side is
 * summed up. It needs no more than the lung, where the body's middle is outside of the scan.
 *
 * @param runs components of a mask in LPS, whose x rises to the patient's left
 * @param size the mask's size
 * @returns 1 for a right lung, whose hollow faces the left; 2 for a left lung; undefined where neither is clear
 */
export function sideByConcavity(runs: ConnectedRuns, size: Vec3): 1 | 2 | undefined {
  const [, ny, nz] = size;
  const { first, last } = rowEnds(runs, size);
  const area = runs.sizes.reduce((a, b) => a + b, 0);
  let difference = 0;
  for (let z = 0; z < nz; z++) {
    const rows: number[] = [];
    for (let row = z * ny; row < (z + 1) * ny; row++) if (last[row]! >= 0) rows.push(row);
    difference += hollow(rows, (row) => -last[row]!) - hollow(rows, (row) => first[row]!);
  }
  if (Math.abs(difference) < LEAST_DIFFERENCE * area) return undefined;
  return difference > 0 ? 1 : 2;
}

/** First and last x of the mask in each row; the last is -1 where a row has none. */
function rowEnds({ starts, ends }: ConnectedRuns, [nx, ny, nz]: Vec3): Record<'first' | 'last', Int32Array> {
  const first = new Int32Array(ny * nz);
  const last = new Int32Array(ny * nz).fill(-1);
  starts.forEach((start, run) => {
    const row = Math.floor(start / nx);
    if (last[row]! < 0) first[row] = start - row * nx;
    last[row] = ends[run]! - 1 - row * nx;
  });
  return { first, last };
}

/** Voxels between a slice's outline and the hull that lies at or below it, over the rows given in order. */
function hollow(rows: readonly number[], xOf: (row: number) => number): number {
  const hull = lowerHull(rows, xOf);
  let sum = 0;
  for (let corner = 1, n = 0; corner < hull.length; corner++) {
    const [from, to] = [hull[corner - 1]!, hull[corner]!];
    const slope = (xOf(to) - xOf(from)) / (to - from);
    for (; rows[n]! < to; n++) sum += xOf(rows[n]!) - xOf(from) - slope * (rows[n]! - from);
  }
  return sum;
}

/** The rows at which the hull has corners. Andrew's monotone chain, https://doi.org/10.1016/0020-0190(79)90072-3 */
function lowerHull(rows: readonly number[], xOf: (row: number) => number): number[] {
  const hull: number[] = [];
  for (const row of rows) {
    while (hull.length > 1) {
      const [a, b] = [hull.at(-2)!, hull.at(-1)!];
      if ((xOf(b) - xOf(a)) * (row - a) < (xOf(row) - xOf(a)) * (b - a)) break;
      hull.pop();
    }
    hull.push(row);
  }
  return hull;
}
