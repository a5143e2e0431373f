import type { Vec3, Volume } from '@lungseg/core';
import { GrowingInt32 } from './growing-array.js';
import { bitsOf, type FastArray } from './voxel-arrays.js';

/** Neighbours of a voxel: by faces; by faces and edges; by faces, edges and corners. */
export type Connectivity = 6 | 18 | 26;

/**
 * Connected components as runs: stretches along x of the same component. A mask of the lungs has a few runs per row,
 * so this takes a hundredth of the memory of numbers per voxel.
 */
export interface ConnectedRuns {
  /** First voxel of each run, in order. */
  readonly starts: Int32Array;
  /** One past the last voxel of each run. */
  readonly ends: Int32Array;
  /** The component of each run, from 0. */
  readonly components: Int32Array;
  /** Voxels per component. */
  readonly sizes: Float64Array;
  /** The value of each component's voxels. */
  readonly values: Float64Array;
}

/** What to connect: voxels of one value that isn't 0, or all voxels that don't have a value. */
export type RunRule = 'same-label' | { readonly otherThan: number };

/**
 * Finds connected components by runs and union-find.
 *
 * @param data voxels, x fastest
 * @param size the volume's size
 * @param connectivity who is a neighbour
 * @param rule what to connect
 * @returns components in the order of their first voxel
 */
export function connectRuns(
  data: FastArray,
  size: Vec3,
  connectivity: Connectivity,
  rule: RunRule,
): ConnectedRuns {
  const { starts, ends, values, rows } = findRuns(data, size, rule);
  const parents = new Int32Array(starts.length).map((_, run) => run);
  const [nx, ny, nz] = size;
  const connectRows = (row: number, other: number, reach: number): void => {
    const shift = (row - other) * nx;
    let b = rows[other]!;
    for (let a = rows[row]!; a < rows[row + 1]!; a++) {
      const start = starts[a]! - shift - reach;
      const end = ends[a]! - shift + reach;
      while (b < rows[other + 1]! && ends[b]! <= start) b++;
      for (let c = b; c < rows[other + 1]! && starts[c]! < end; c++) {
        if (values[a] === values[c]) unite(parents, a, c);
      }
    }
  };
  const beside = connectivity === 6 ? 0 : 1;
  for (let z = 0, row = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++, row++) {
      if (y > 0) connectRows(row, row - 1, beside);
      if (z === 0) continue;
      connectRows(row, row - ny, beside);
      if (connectivity === 6) continue;
      const diagonal = connectivity === 26 ? 1 : 0;
      if (y > 0) connectRows(row, row - ny - 1, diagonal);
      if (y < ny - 1) connectRows(row, row - ny + 1, diagonal);
    }
  }
  return numberComponents(starts, ends, values, parents);
}

/**
 * A label map without the components that aren't kept; the volume itself where all are.
 *
 * @param runs of the volume's voxels
 */
export function clearComponents<V extends Volume>(
  volume: V,
  runs: ConnectedRuns,
  kept: ReadonlySet<number>,
): V {
  if (kept.size === runs.sizes.length) return volume;
  const data = volume.data.slice();
  const bits = bitsOf(data);
  runs.starts.forEach((start, run) => {
    if (!kept.has(runs.components[run]!)) bits.fill(0, start, runs.ends[run]);
  });
  return { ...volume, data };
}

interface Runs {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly values: Int32Array;
  /** The first run of each row, and the number of runs at the end. */
  readonly rows: Int32Array;
}

function findRuns(data: FastArray, [nx, ny, nz]: Vec3, rule: RunRule): Runs {
  const starts = new GrowingInt32();
  const ends = new GrowingInt32();
  const values = new GrowingInt32();
  const rows = new Int32Array(ny * nz + 1);
  const excluded = rule === 'same-label' ? 0 : rule.otherThan;
  const isSameLabel = rule === 'same-label';
  for (let row = 0; row < ny * nz; row++) {
    rows[row] = starts.length;
    const end = (row + 1) * nx;
    for (let n = row * nx; n < end;) {
      const value = data[n]!;
      if (value === excluded) {
        n++;
        continue;
      }
      starts.push(n);
      values.push(isSameLabel ? value : 1);
      if (isSameLabel) while (n < end && data[n] === value) n++;
      else while (n < end && data[n] !== excluded) n++;
      ends.push(n);
    }
  }
  rows[ny * nz] = starts.length;
  return { starts: starts.view(), ends: ends.view(), values: values.view(), rows };
}

function numberComponents(
  starts: Int32Array,
  ends: Int32Array,
  runValues: Int32Array,
  parents: Int32Array,
): ConnectedRuns {
  const components = new Int32Array(starts.length);
  const sizes: number[] = [];
  const values: number[] = [];
  for (let run = 0; run < starts.length; run++) {
    // A root is the first run of its component, so it has its number already.
    const root = find(parents, run);
    if (root === run) {
      components[run] = sizes.length;
      sizes.push(0);
      values.push(runValues[run]!);
    } else components[run] = components[root]!;
    sizes[components[run]!]! += ends[run]! - starts[run]!;
  }
  return { starts, ends, components, sizes: Float64Array.from(sizes), values: Float64Array.from(values) };
}

function find(parents: Int32Array, run: number): number {
  while (parents[run] !== run) {
    parents[run] = parents[parents[run]!]!;
    run = parents[run]!;
  }
  return run;
}

function unite(parents: Int32Array, a: number, b: number): void {
  const rootA = find(parents, a);
  const rootB = find(parents, b);
  if (rootA < rootB) parents[rootB] = rootA;
  else parents[rootA] = rootB;
}
