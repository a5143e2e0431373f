import type { Geometry } from '@lungseg/core';
import type { ConnectedRuns } from './connected-runs.js';

/** What a cut makes of a component. */
export interface LungCut {
  /** Per row (y + z · size y), the x from which on voxels are of the left lung. */
  readonly seam: Int32Array;
  readonly right: LungPart;
  readonly left: LungPart;
}

/** One side of a cut. */
export interface LungPart {
  readonly voxels: number;
  /** Mean index along x. */
  readonly x: number;
}

/** How much of a component must lie beside the window on either side to try a cut at all: one lung lies on one side. */
const LEAST_BESIDE = 0.02;
/** How much of a component must lie on either side of the cut. */
const LEAST_PART = 0.15;
/**
 * The largest cut that is taken: its area against that of a face of a cube with the volume of the smaller part. A cut
 * through a lung comes to one and more, the bridge between two lungs to a fraction.
 */
const LARGEST_CUT = 0.4;
/** Along which part of the mask's width, about its middle, a seam may run. */
const WINDOW = 0.5;
/** Cost of leaving the valley between the lungs by the window's width, and of a step aside, in voxels. */
const STRAYING = 0.02;
const STEPPING = 0.01;
/** How far aside a seam may step from row to row, in voxels. */
const LARGEST_STEP = 3;

/**
 * Cuts a component in two where it holds both lungs: in each slice along the seam from front to back that crosses the
 * fewest voxels of it.
 *
 * @param runs components of a mask whose axes run to L, P, S
 * @param component which of them
 * @param geometry the mask's grid
 * @param extent first and last x of the mask
 * @returns undefined where the component is one lung: it lies on one side, or a cut would go through its bulk
 */
export function cutComponent(
  runs: ConnectedRuns,
  component: number,
  geometry: Geometry,
  extent: readonly [number, number],
): LungCut | undefined {
  const [nx, ny, nz] = geometry.size;
  const width = extent[1] - extent[0] + 1;
  const low = Math.round(extent[0] + (width * (1 - WINDOW)) / 2);
  const high = Math.round(extent[1] - (width * (1 - WINDOW)) / 2);
  if (high - low < 2) return undefined;
  const slices = runsBySlice(runs, component, nx * ny, nz);
  const columns = countColumns(runs, slices, nx);
  const beside = LEAST_BESIDE * runs.sizes[component]!;
  if (sum(columns.subarray(0, low)) < beside || sum(columns.subarray(high + 1)) < beside) return undefined;
  const valley = lowestColumn(columns, low, high);
  const seam = new Int32Array(ny * nz).fill(valley);
  const slice = new Uint8Array(nx * ny);
  let crossed = 0;
  slices.forEach((runsOfSlice, z) => {
    if (runsOfSlice.length === 0) return;
    slice.fill(0);
    for (const run of runsOfSlice) {
      slice.fill(1, runs.starts[run]! - z * nx * ny, runs.ends[run]! - z * nx * ny);
    }
    crossed += findSeam(slice, nx, ny, low, high, valley, seam.subarray(z * ny, (z + 1) * ny));
  });
  const [right, left] = measureParts(runs, slices, nx, seam);
  const least = Math.min(right.voxels, left.voxels);
  if (least < LEAST_PART * runs.sizes[component]!) return undefined;
  const [sx, sy, sz] = geometry.spacing;
  const faceArea = (least * sx * sy * sz) ** (2 / 3);
  return crossed * sy * sz > LARGEST_CUT * faceArea ? undefined : { seam, right, left };
}

function runsBySlice(runs: ConnectedRuns, component: number, plane: number, nz: number): number[][] {
  const slices = Array.from({ length: nz }, (): number[] => []);
  runs.starts.forEach((start, run) => {
    if (runs.components[run] === component) slices[Math.floor(start / plane)]!.push(run);
  });
  return slices;
}

/** Voxels of the component for each x. */
function countColumns(runs: ConnectedRuns, slices: readonly number[][], nx: number): Float64Array {
  const counts = new Float64Array(nx + 1);
  for (const run of slices.flat()) {
    const x = runs.starts[run]! % nx;
    counts[x]!++;
    counts[x + runs.ends[run]! - runs.starts[run]!]!--;
  }
  for (let x = 1; x <= nx; x++) counts[x]! += counts[x - 1]!;
  return counts.subarray(0, nx);
}

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

/** The x in the window where the fewest voxels lie, over all slices. */
function lowestColumn(columns: Float64Array, low: number, high: number): number {
  let best = low;
  for (let x = low; x <= high; x++) if (columns[x]! < columns[best]!) best = x;
  return best;
}

/**
 * The cheapest way through a slice from its first row to its last, by dynamic programming.
 *
 * @param slice 1 for voxels of the component
 * @param seam one x per row, the result
 * @returns how many voxels the seam crosses
 */
function findSeam(
  slice: Uint8Array,
  nx: number,
  ny: number,
  low: number,
  high: number,
  valley: number,
  seam: Int32Array,
): number {
  const columns = high - low + 1;
  const [first, last] = rowsWithin(slice, nx, ny, low, high);
  const steps = new Int8Array(columns * Math.max(0, last - first + 1));
  const before = new Int32Array(columns + 1);
  let costs = new Float64Array(columns);
  let next = new Float64Array(columns);
  for (let y = first; y <= last; y++) {
    const row = y * nx + low;
    for (let c = 0; c < columns; c++) before[c + 1] = before[c]! + slice[row + c]!;
    // Without Math: this is the innermost of all loops.
    for (let c = 0; c < columns; c++) {
      let least = costs[c]!;
      let best = 0;
      const from = c < LARGEST_STEP ? 0 : c - LARGEST_STEP;
      const to = c + LARGEST_STEP < columns ? c + LARGEST_STEP : columns - 1;
      for (let other = from; other <= to; other++) {
        // A step aside also crosses what lies between the two columns in the row that it arrives in.
        const aside =
          other < c
            ? STEPPING * (c - other) + before[c]! - before[other + 1]!
            : other > c
              ? STEPPING * (other - c) + before[other]! - before[c + 1]!
              : 0;
        if (costs[other]! + aside >= least) continue;
        least = costs[other]! + aside;
        best = c - other;
      }
      steps[(y - first) * columns + c] = best;
      const astray = c + low < valley ? valley - low - c : c + low - valley;
      next[c] = least + slice[row + c]! + (STRAYING * astray) / columns;
    }
    [costs, next] = [next, costs];
  }
  let column = first > last ? valley - low : costs.indexOf(Math.min(...costs));
  seam.fill(low + column, last + 1);
  let crossed = 0;
  for (let y = last; y >= first; y--) {
    seam[y] = low + column;
    crossed += slice[y * nx + low + column]!;
    column -= steps[(y - first) * columns + column]!;
  }
  seam.fill(low + column, 0, first);
  return crossed;
}

/** First and last row with a voxel in the window; the last before the first where there is none. */
function rowsWithin(slice: Uint8Array, nx: number, ny: number, low: number, high: number): [number, number] {
  const isEmpty = (y: number): boolean => !slice.subarray(y * nx + low, y * nx + high + 1).includes(1);
  let first = 0;
  while (first < ny && isEmpty(first)) first++;
  let last = ny - 1;
  while (last >= first && isEmpty(last)) last--;
  return [first, last];
}

function measureParts(
  runs: ConnectedRuns,
  slices: readonly number[][],
  nx: number,
  seam: Int32Array,
): [LungPart, LungPart] {
  const voxels = [0, 0];
  const sums = [0, 0];
  for (const run of slices.flat()) {
    const start = runs.starts[run]!;
    const row = Math.floor(start / nx);
    const x = start - row * nx;
    const end = x + runs.ends[run]! - start;
    const at = Math.min(Math.max(seam[row]!, x), end);
    voxels[0]! += at - x;
    sums[0]! += ((at - x) * (x + at - 1)) / 2;
    voxels[1]! += end - at;
    sums[1]! += ((end - at) * (at + end - 1)) / 2;
  }
  return [0, 1].map((side) => ({ voxels: voxels[side]!, x: sums[side]! / voxels[side]! })) as [
    LungPart,
    LungPart,
  ];
}
