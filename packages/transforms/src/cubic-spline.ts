import type { Vec3, VoxelArray } from '@lungseg/core';
import { indexInside, type Border } from './border.js';
import { forEachRow } from './sample-rows.js';
import type { PlaceRow, RowPlaces } from './row-places.js';
import { toFastArray } from './voxel-arrays.js';

/** The coefficients of a cubic spline through a volume's voxels, with some more around. */
export interface SplineCoefficients {
  readonly data: Float32Array;
  readonly size: Vec3;
}

/** Coefficients around the volume on each side; what lies farther out counts for less than 1e-8. */
export const SPLINE_MARGIN = 14;

/** The pole of the cubic spline's filter. */
const POLE = Math.sqrt(3) - 2;
/** Voxels after which the filter has forgotten where it began, in double precision. */
const HORIZON = 28;

/**
 * The coefficients of the cubic B-spline that runs through the voxels.
 *
 * @param data voxels, x fastest
 * @param size the volume's size
 * @param border how the volume goes on outside
 * @see Unser 1999, https://doi.org/10.1109/79.799930; SciPy `ndimage.spline_filter`
 */
export function splineCoefficients(data: VoxelArray, size: Vec3, border: Border): SplineCoefficients {
  const padded = size.map((n) => n + 2 * SPLINE_MARGIN) as unknown as Vec3;
  const output = padAround(data, size, padded, border);
  const [nx, ny, nz] = padded;
  for (let row = 0; row < ny * nz; row++) filterAlong(output, row * nx, 1, nx, 1);
  for (let z = 0; z < nz; z++) filterAlong(output, z * nx * ny, nx, ny, nx);
  filterAlong(output, 0, nx * ny, nz, nx * ny);
  return { data: output, size: padded };
}

function padAround(data: VoxelArray, size: Vec3, padded: Vec3, border: Border): Float32Array {
  const input = toFastArray(data);
  const output = new Float32Array(padded[0] * padded[1] * padded[2]);
  if (typeof border === 'number') output.fill(border);
  const from = size.map((n, axis) =>
    Int32Array.from({ length: padded[axis]! }, (_, at) => indexInside(at - SPLINE_MARGIN, n, border)),
  );
  for (let z = 0, n = 0; z < padded[2]; z++) {
    for (let y = 0; y < padded[1]; y++) {
      const [k, j] = [from[2]![z]!, from[1]![y]!];
      if (k < 0 || j < 0) {
        n += padded[0];
        continue;
      }
      const row = (k * size[1] + j) * size[0];
      for (let x = 0; x < padded[0]; x++, n++) {
        const i = from[0]![x]!;
        if (i >= 0) output[n] = input[row + i]!;
      }
    }
  }
  return output;
}

/**
 * Filters `width` neighbouring lines at once, in place, as if they were mirrored at their ends.
 *
 * @param start first element
 * @param step from one element of a line to its next
 * @param length elements of a line
 * @param width neighbouring lines
 */
function filterAlong(data: Float32Array, start: number, step: number, length: number, width: number): void {
  const reach = Math.min(HORIZON, length);
  const carried = new Float64Array(width);
  let power = 1;
  for (let n = 0; n < reach; n++, power *= POLE) {
    for (let w = 0; w < width; w++) carried[w]! += 6 * power * data[start + n * step + w]!;
  }
  for (let w = 0; w < width; w++) data[start + w] = carried[w]!;
  for (let n = 1; n < length; n++) {
    const at = start + n * step;
    for (let w = 0; w < width; w++) {
      carried[w] = 6 * data[at + w]! + POLE * carried[w]!;
      data[at + w] = carried[w]!;
    }
  }
  const last = start + (length - 1) * step;
  const end = POLE / (POLE * POLE - 1);
  for (let w = 0; w < width; w++) {
    carried[w] = end * (data[last + w]! + POLE * data[last - step + w]!);
    data[last + w] = carried[w]!;
  }
  for (let n = length - 2; n >= 0; n--) {
    const at = start + n * step;
    for (let w = 0; w < width; w++) {
      carried[w] = POLE * (carried[w]! - data[at + w]!);
      data[at + w] = carried[w]!;
    }
  }
}

/** Cubic interpolation at places row by row, over coefficients. */
export function interpolateCubicRows(
  coefficients: SplineCoefficients,
  outputSize: Vec3,
  placeRow: PlaceRow,
  inside: (position: number, axis: number) => number,
  border: Border,
): Float32Array {
  const output = new Float32Array(outputSize[0] * outputSize[1] * outputSize[2]);
  const outside = typeof border === 'number' ? border : 0;
  forEachRow(outputSize, placeRow, ({ x, y, z }: RowPlaces, target) => {
    for (let n = 0; n < x.length; n++) {
      output[target + n] = cubicAt(
        coefficients,
        inside(x[n]!, 0),
        inside(y[n]!, 1),
        inside(z[n]!, 2),
        outside,
      );
    }
  });
  return output;
}

const weightsX = new Float64Array(4);
const weightsY = new Float64Array(4);
const weightsZ = new Float64Array(4);

function cubicAt(
  { data, size }: SplineCoefficients,
  x: number,
  y: number,
  z: number,
  outside: number,
): number {
  const [nx, ny, nz] = size;
  const i = Math.floor(x) - 1 + SPLINE_MARGIN;
  const j = Math.floor(y) - 1 + SPLINE_MARGIN;
  const k = Math.floor(z) - 1 + SPLINE_MARGIN;
  if (!(i >= 0 && j >= 0 && k >= 0 && i + 3 < nx && j + 3 < ny && k + 3 < nz)) return outside;
  setWeights(weightsX, x - Math.floor(x));
  setWeights(weightsY, y - Math.floor(y));
  setWeights(weightsZ, z - Math.floor(z));
  let sum = 0;
  for (let c = 0; c < 4; c++) {
    let inSlice = 0;
    for (let b = 0; b < 4; b++) {
      const at = ((k + c) * ny + j + b) * nx + i;
      inSlice +=
        weightsY[b]! *
        (weightsX[0]! * data[at]! +
          weightsX[1]! * data[at + 1]! +
          weightsX[2]! * data[at + 2]! +
          weightsX[3]! * data[at + 3]!);
    }
    sum += weightsZ[c]! * inSlice;
  }
  return sum;
}

/** The cubic B-spline at distances 1 + t, t, 1 - t and 2 - t. */
export function setWeights(weights: Float64Array, t: number): void {
  const s = 1 - t;
  weights[0] = (s * s * s) / 6;
  weights[1] = 2 / 3 - t * t * (1 - t / 2);
  weights[2] = 2 / 3 - s * s * (1 - s / 2);
  weights[3] = (t * t * t) / 6;
}
