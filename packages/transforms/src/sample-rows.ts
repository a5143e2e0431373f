import type { Vec3, VoxelArray } from '@lungseg/core';
import { roundHalfToEven } from './axis-taps.js';
import { indexInside, positionInside, type Border } from './border.js';
import type { PlaceRow, RowPlaces } from './row-places.js';
import { toFastArray, type Bits, type FastArray } from './voxel-arrays.js';

/**
 * Trilinear interpolation at places row by row.
 *
 * @param data voxels of the input, x fastest
 * @param inputSize the input's size
 * @param outputSize the output's size
 * @param placeRow where the output's voxels lie on the input
 * @param border what lies outside
 */
export function interpolateRows(
  data: VoxelArray,
  inputSize: Vec3,
  outputSize: Vec3,
  placeRow: PlaceRow,
  border: Border,
): Float32Array {
  const input = toFastArray(data);
  const output = new Float32Array(outputSize[0] * outputSize[1] * outputSize[2]);
  forEachRow(outputSize, placeRow, (row, target, isFlat) => {
    if (isFlat) interpolateFlatRow(input, inputSize, row, border, output, target);
    else interpolateRow(input, inputSize, row, border, output, target);
  });
  return output;
}

/** Calls back for each row of the output with its places and its first voxel. */
export function forEachRow(
  [nx, ny, nz]: Vec3,
  placeRow: PlaceRow,
  act: (row: RowPlaces, target: number, isFlat: boolean) => void,
): void {
  const row = { x: new Float64Array(nx), y: new Float64Array(nx), z: new Float64Array(nx) };
  for (let k = 0, target = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++, target += nx) act(row, target, placeRow(j, k, row));
  }
}

function interpolateRow(
  data: FastArray,
  size: Vec3,
  { x: xs, y: ys, z: zs }: RowPlaces,
  border: Border,
  output: Float32Array,
  target: number,
): void {
  const [nx, ny, nz] = size;
  const slice = nx * ny;
  for (let n = 0; n < xs.length; n++) {
    const x = xs[n]!;
    const y = ys[n]!;
    const z = zs[n]!;
    if (!(x >= 0 && y >= 0 && z >= 0 && x < nx - 1 && y < ny - 1 && z < nz - 1)) {
      output[target + n] = interpolateAtEdge(data, size, x, y, z, border);
      continue;
    }
    const i = x | 0;
    const j = y | 0;
    const k = z | 0;
    const u = x - i;
    const v = y - j;
    const at = k * slice + j * nx + i;
    const a = data[at]! + u * (data[at + 1]! - data[at]!);
    const b = data[at + nx]! + u * (data[at + nx + 1]! - data[at + nx]!);
    const near = a + v * (b - a);
    const next = at + slice;
    const c = data[next]! + u * (data[next + 1]! - data[next]!);
    const d = data[next + nx]! + u * (data[next + nx + 1]! - data[next + nx]!);
    const far = c + v * (d - c);
    output[target + n] = near + (z - k) * (far - near);
  }
}

/** A row that lies in one slice: half the voxels to read. */
function interpolateFlatRow(
  data: FastArray,
  size: Vec3,
  { x: xs, y: ys, z: zs }: RowPlaces,
  border: Border,
  output: Float32Array,
  target: number,
): void {
  const [nx, ny, nz] = size;
  const z = zs[0]!;
  const isInside = z >= 0 && z < nz;
  for (let n = 0; n < xs.length; n++) {
    const x = xs[n]!;
    const y = ys[n]!;
    if (!(isInside && x >= 0 && y >= 0 && x < nx - 1 && y < ny - 1)) {
      output[target + n] = interpolateAtEdge(data, size, x, y, z, border);
      continue;
    }
    const i = x | 0;
    const j = y | 0;
    const u = x - i;
    const at = (z * ny + j) * nx + i;
    const a = data[at]! + u * (data[at + 1]! - data[at]!);
    const b = data[at + nx]! + u * (data[at + nx + 1]! - data[at + nx]!);
    output[target + n] = a + (y - j) * (b - a);
  }
}

/** Anywhere, as if the input went on in all directions as the border has it. */
function interpolateAtEdge(
  data: FastArray,
  size: Vec3,
  atX: number,
  atY: number,
  atZ: number,
  border: Border,
): number {
  const [nx, ny, nz] = size;
  const x = positionInside(atX, nx, border);
  const y = positionInside(atY, ny, border);
  const z = positionInside(atZ, nz, border);
  const outside = typeof border === 'number' ? border : 0;
  if (x <= -1 || y <= -1 || z <= -1 || x >= nx || y >= ny || z >= nz) return outside;
  const i = Math.floor(x);
  const j = Math.floor(y);
  const k = Math.floor(z);
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    const a = i + (corner & 1);
    const b = j + ((corner >> 1) & 1);
    const c = k + (corner >> 2);
    const weight = (1 - Math.abs(x - a)) * (1 - Math.abs(y - b)) * (1 - Math.abs(z - c));
    if (weight === 0) continue;
    const inside = a >= 0 && b >= 0 && c >= 0 && a < nx && b < ny && c < nz;
    sum += weight * (inside ? data[(c * ny + b) * nx + a]! : outside);
  }
  return sum;
}

/** Takes for each output voxel the nearest input voxel; where the border has a value, voxels outside stay as they are. */
export function gatherRows(
  from: Bits,
  to: Bits,
  inputSize: Vec3,
  outputSize: Vec3,
  placeRow: PlaceRow,
  border: Border,
): void {
  forEachRow(outputSize, placeRow, (row, target) => gatherRow(from, to, inputSize, row, target, border));
}

function gatherRow(
  from: Bits,
  to: Bits,
  [nx, ny, nz]: Vec3,
  { x: xs, y: ys, z: zs }: RowPlaces,
  target: number,
  border: Border,
): void {
  for (let n = 0; n < xs.length; n++) {
    let x = nearest(xs[n]!);
    let y = nearest(ys[n]!);
    let z = nearest(zs[n]!);
    if (!(x >= 0 && y >= 0 && z >= 0 && x < nx && y < ny && z < nz)) {
      x = indexInside(x, nx, border);
      y = indexInside(y, ny, border);
      z = indexInside(z, nz, border);
      if (x < 0 || y < 0 || z < 0) continue;
    }
    to[target + n] = from[(z * ny + y) * nx + x]!;
  }
}

/** {@link roundHalfToEven}, the quick way where a number is not negative. */
function nearest(value: number): number {
  if (!(value >= 0 && value < 1e9)) return roundHalfToEven(value);
  const rounded = (value + 0.5) | 0;
  return rounded - value === 0.5 ? rounded & ~1 : rounded;
}
