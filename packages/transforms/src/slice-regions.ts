import type { Vec3 } from '@lungseg/core';
import type { FastArray } from './voxel-arrays.js';

/** A connected region of low values within one axial slice. */
export interface SliceRegion {
  readonly slice: number;
  /** One of its voxels: an index into the volume. */
  readonly start: number;
  /** How many voxels it has. */
  readonly size: number;
  readonly mean: number;
  /** Whether it reaches the edge of its slice, or the padding around the scanner's circle; and whether a corner. */
  readonly touchesEdge: boolean;
  readonly touchesCorner: boolean;
  /** Regions of the slices before and after that lie over it, and how many voxels they share with it. */
  readonly overlaps: Map<SliceRegion, number>;
}

/** Follows regions of values of at most a level, four neighbours in the plane, one slice at a time. */
export class SliceRegions {
  readonly #values: FastArray;
  readonly #size: Vec3;
  readonly #level: number;
  readonly #padding: number;
  readonly #queue: Int32Array;

  /**
   * @param values voxels, x fastest
   * @param size of the volume
   * @param level values over this part regions
   * @param padding the value around the scanner's circle, which belongs to no region; NaN where there is none
   */
  constructor(values: FastArray, size: Vec3, level: number, padding: number) {
    this.#values = values;
    this.#size = size;
    this.#level = level;
    this.#padding = padding;
    this.#queue = new Int32Array(size[0] * size[1]);
  }

  /** All regions, slice by slice, with what lies over what. */
  find(): SliceRegion[] {
    const [nx, ny, nz] = this.#size;
    const found: SliceRegion[] = [];
    let before = new Int32Array(nx * ny);
    let here = new Int32Array(nx * ny);
    for (let slice = 0; slice < nz; slice++) {
      here.fill(0);
      for (let n = 0; n < nx * ny; n++) {
        const value = this.#values[slice * nx * ny + n]!;
        if (here[n] === 0 && value <= this.#level && value !== this.#padding) {
          found.push(this.#measure(slice, n, here, found.length + 1));
        }
      }
      countOverlaps(found, before, here);
      [before, here] = [here, before];
    }
    return found;
  }

  /** Visits each voxel of a region: writes `value` into `target`, which holds another value there. */
  fill(region: SliceRegion, target: Uint8Array, value: number): void {
    const [nx, ny] = this.#size;
    const first = region.slice * nx * ny;
    this.#follow(first, region.start - first, target.subarray(first, first + nx * ny), value);
  }

  /** Writes `value` into every region that reaches a corner of its slice; `target` holds another value there. */
  fillCorners(target: Uint8Array, value: number): void {
    const [nx, ny, nz] = this.#size;
    const plane = nx * ny;
    for (let first = 0; first < nz * plane; first += plane) {
      const marks = target.subarray(first, first + plane);
      for (const corner of [0, nx - 1, plane - nx, plane - 1]) this.#follow(first, corner, marks, value);
    }
  }

  #measure(slice: number, start: number, marks: Int32Array, mark: number): SliceRegion {
    const [nx, ny] = this.#size;
    const first = slice * nx * ny;
    const size = this.#follow(first, start, marks, mark);
    let sum = 0;
    let edges = 0;
    let corners = 0;
    for (let i = 0; i < size; i++) {
      const n = this.#queue[i]!;
      sum += this.#values[first + n]!;
      const x = n % nx;
      const y = (n - x) / nx;
      const ends = (x === 0 || x === nx - 1 ? 1 : 0) + (y === 0 || y === ny - 1 ? 1 : 0);
      if (ends > 0 || this.#besidePadding(first + n)) edges++;
      if (ends > 1) corners++;
    }
    return {
      slice,
      start: first + start,
      size,
      mean: sum / size,
      touchesEdge: edges > 0,
      touchesCorner: corners > 0,
      overlaps: new Map(),
    };
  }

  /** For voxels that are not at the edge of their slice. */
  #besidePadding(n: number): boolean {
    const values = this.#values;
    const padding = this.#padding;
    const nx = this.#size[0];
    return (
      values[n - 1] === padding ||
      values[n + 1] === padding ||
      values[n - nx] === padding ||
      values[n + nx] === padding
    );
  }

  /** Marks a region within its slice, and leaves its voxels in the queue. */
  #follow(first: number, start: number, marks: Int32Array | Uint8Array, mark: number): number {
    const [nx, ny] = this.#size;
    const values = this.#values;
    const level = this.#level;
    const padding = this.#padding;
    const queue = this.#queue;
    let length = 0;
    const visit = (n: number): void => {
      const value = values[first + n]!;
      if (marks[n] === mark || value > level || value === padding) return;
      marks[n] = mark;
      queue[length++] = n;
    };
    visit(start);
    for (let head = 0; head < length; head++) {
      const n = queue[head]!;
      const x = n % nx;
      if (x > 0) visit(n - 1);
      if (x < nx - 1) visit(n + 1);
      if (n >= nx) visit(n - nx);
      if (n < nx * (ny - 1)) visit(n + nx);
    }
    return length;
  }
}

/** Notes how many voxels the regions of two neighbouring slices share. Marks are numbers of regions, from 1. */
function countOverlaps(regions: readonly SliceRegion[], before: Int32Array, here: Int32Array): void {
  for (let n = 0; n < here.length; n++) {
    if (here[n] === 0 || before[n] === 0) continue;
    // Stretches along x share their pair of regions: one addition for each stretch.
    const begin = n;
    while (n + 1 < here.length && here[n + 1] === here[begin] && before[n + 1] === before[begin]) n++;
    const [upper, lower] = [regions[here[begin]! - 1]!, regions[before[begin]! - 1]!];
    const shared = (upper.overlaps.get(lower) ?? 0) + n + 1 - begin;
    upper.overlaps.set(lower, shared);
    lower.overlaps.set(upper, shared);
  }
}
