import type { Vec3, VoxelArray } from '@lungseg/core';
import { AIR_HU } from './air.js';

/** How slices that don't lie on a grid of right angles and even spacing get onto one. */
export interface SliceResampling {
  /** Columns, rows and slices as they are. */
  readonly from: Vec3;
  /** The size of the grid. */
  readonly to: Vec3;
  /** Where the first pixel of each slice lies on the planes of the grid, in pixels along i and j. */
  readonly shifts: readonly (readonly [i: number, j: number])[];
  /** Where each slice of the grid lies among those that there are: 2.5 is halfway between 2 and 3. */
  readonly places: readonly number[];
}

/** Closer to a slice than this, that slice is taken as it is. */
const SAME_PLACE = 1e-3;

/**
 * Resamples slices onto a grid: each is moved within its plane, bilinearly, and new slices are interpolated linearly
 * between their neighbours. What no slice covers becomes air.
 *
 * @param data HU, i fastest
 * @returns HU of the same type; whole numbers are rounded
 */
export function resampleSlices<A extends VoxelArray>(data: A, resampling: SliceResampling): A {
  const { from, to, shifts, places } = resampling;
  const [planeIn, planeOut] = [from[0] * from[1], to[0] * to[1]];
  const result = new (data.constructor as new (length: number) => A)(planeOut * to[2]);
  const isWhole = !(data instanceof Float32Array || data instanceof Float64Array);
  const moved = new Map<number, Float32Array>();
  const slice = (k: number): Float32Array => {
    let plane = moved.get(k);
    if (plane === undefined) {
      plane = moveSlice(data.subarray(k * planeIn, (k + 1) * planeIn), from, to, shifts[k]!);
      moved.delete(k - 2);
      moved.set(k, plane);
    }
    return plane;
  };
  const round = Math.round;
  places.forEach((place, k) => {
    const nearest = round(place);
    const isThere = Math.abs(place - nearest) < SAME_PLACE;
    const below = isThere ? nearest : Math.floor(place);
    const weight = isThere ? 0 : place - below;
    const a = slice(below);
    const b = weight === 0 ? a : slice(below + 1);
    const start = k * planeOut;
    for (let n = 0; n < planeOut; n++) {
      const value = a[n]! + weight * (b[n]! - a[n]!);
      result[start + n] = isWhole ? round(value) : value;
    }
  });
  return result;
}

/** A slice on the planes of the grid, moved by part of a pixel and more. */
function moveSlice(
  slice: VoxelArray,
  [columns, rows]: Vec3,
  [width, height]: Vec3,
  [shiftI, shiftJ]: readonly [number, number],
): Float32Array {
  const plane = new Float32Array(width * height).fill(AIR_HU);
  const left = neighboursOf(columns, width, shiftI);
  const top = neighboursOf(rows, height, shiftJ);
  for (let y = top.begin; y < top.end; y++) {
    const upper = top.below[y]! * columns;
    const lower = top.above[y]! * columns;
    const v = top.weight[y]!;
    for (let x = left.begin; x < left.end; x++) {
      const i0 = left.below[x]!;
      const i1 = left.above[x]!;
      const u = left.weight[x]!;
      const a = slice[upper + i0]! * (1 - u) + slice[upper + i1]! * u;
      const b = slice[lower + i0]! * (1 - u) + slice[lower + i1]! * u;
      plane[y * width + x] = a * (1 - v) + b * v;
    }
  }
  return plane;
}

interface Neighbours {
  /** The places of the grid, from `begin` to before `end`, that the slice covers to half a pixel outside. */
  readonly begin: number;
  readonly end: number;
  readonly below: Int32Array;
  readonly above: Int32Array;
  readonly weight: Float64Array;
}

function neighboursOf(count: number, length: number, shift: number): Neighbours {
  const [below, above] = [new Int32Array(length), new Int32Array(length)];
  const weight = new Float64Array(length);
  let begin = length;
  let end = 0;
  for (let n = 0; n < length; n++) {
    const place = n - shift;
    if (place < -0.5 || place > count - 0.5) continue;
    begin = Math.min(begin, n);
    end = n + 1;
    const inside = Math.min(Math.max(place, 0), count - 1);
    below[n] = Math.min(Math.floor(inside), Math.max(count - 2, 0));
    above[n] = Math.min(below[n]! + 1, count - 1);
    weight[n] = inside - below[n]!;
  }
  return { begin, end, below, above, weight };
}
