import { indexToWorld, invertMat3, type Geometry } from '@lungseg/core';
import type { IndexMap } from './grid-map.js';
import type { Displacement, MutablePlace } from './spatial-transform.js';

/** Where the voxels of one row of the output lie on the input's grid, in voxels. */
export interface RowPlaces {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
}

/** Fills in the places of row (j, k) of the output; true where they all lie in one slice of the input. */
export type PlaceRow = (j: number, k: number, row: RowPlaces) => boolean;

/** How far from a slice, in voxels, a row still counts as lying in it. */
const FLAT = 1e-6;

/** Rows of a grid at any angle. */
export function placeByMap({ matrix: m, offset }: IndexMap): PlaceRow {
  return (j, k, { x, y, z }) => {
    const length = x.length;
    const x0 = m[1] * j + m[2] * k + offset[0];
    const y0 = m[4] * j + m[5] * k + offset[1];
    const z0 = m[7] * j + m[8] * k + offset[2];
    const slice = Math.round(z0);
    const isFlat = Math.abs(m[6]) * length + Math.abs(z0 - slice) < FLAT;
    for (let i = 0; i < length; i++) {
      x[i] = x0 + i * m[0];
      y[i] = y0 + i * m[3];
      z[i] = isFlat ? slice : z0 + i * m[6];
    }
    return isFlat;
  };
}

/** A displacement is computed at least so many times over the distance between its control points. */
const KNOTS_PER_SCALE = 12;

/**
 * Rows of a grid whose places are displaced in the patient. Displacements are smooth over many voxels, so that where
 * voxels lie dense the displacement of every fourth or so is computed, with a cubic through four of these between: within
 * a hundredth of a voxel.
 */
export function placeByDisplacement(output: Geometry, input: Geometry, displacement: Displacement): PlaceRow {
  const toIndex = indexer(input);
  const voxels = displacement.scale / KNOTS_PER_SCALE / output.spacing[0];
  const step = [8, 4, 2].find((n) => n <= voxels) ?? 1;
  const weights = lagrangeWeights(step);
  const count = Math.ceil(output.size[0] / step) + 3;
  const knots = { x: new Float64Array(count), y: new Float64Array(count), z: new Float64Array(count) };
  const place: MutablePlace = [0, 0, 0];
  return (j, k, row) => {
    for (let n = 0; n < count; n++) {
      const world = indexToWorld(output, [(n - 1) * step, j, k]);
      place[0] = world[0];
      place[1] = world[1];
      place[2] = world[2];
      displacement.move(place);
      toIndex(place);
      knots.x[n] = place[0];
      knots.y[n] = place[1];
      knots.z[n] = place[2];
    }
    runThrough(knots.x, weights, step, row.x);
    runThrough(knots.y, weights, step, row.y);
    runThrough(knots.z, weights, step, row.z);
    return false;
  };
}

/** Places in the patient to indices, in place. */
function indexer(geometry: Geometry): (place: MutablePlace) => void {
  const m = invertMat3(geometry.direction);
  const { origin, spacing } = geometry;
  return (place) => {
    const x = place[0] - origin[0];
    const y = place[1] - origin[1];
    const z = place[2] - origin[2];
    place[0] = (m[0] * x + m[1] * y + m[2] * z) / spacing[0];
    place[1] = (m[3] * x + m[4] * y + m[5] * z) / spacing[1];
    place[2] = (m[6] * x + m[7] * y + m[8] * z) / spacing[2];
  };
}

/** For each voxel from one knot to the next, the weights of the cubic through the knots at -1, 0, 1 and 2. */
function lagrangeWeights(step: number): Float64Array {
  return Float64Array.from({ length: 4 * step }, (_, n) => {
    const t = Math.floor(n / 4) / step;
    return [
      (-t * (t - 1) * (t - 2)) / 6,
      ((t + 1) * (t - 1) * (t - 2)) / 2,
      (-(t + 1) * t * (t - 2)) / 2,
      ((t + 1) * t * (t - 1)) / 6,
    ][n % 4]!;
  });
}

function runThrough(knots: Float64Array, weights: Float64Array, step: number, row: Float64Array): void {
  for (let i = 0, knot = 0; i < row.length; knot++) {
    for (let w = 0; w < 4 * step && i < row.length; w += 4, i++) {
      row[i] =
        weights[w]! * knots[knot]! +
        weights[w + 1]! * knots[knot + 1]! +
        weights[w + 2]! * knots[knot + 2]! +
        weights[w + 3]! * knots[knot + 3]!;
    }
  }
}
