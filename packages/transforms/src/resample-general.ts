import type { Vec3, VoxelArray } from '@lungseg/core';
import { roundHalfToEven } from './axis-taps.js';
import type { IndexMap } from './grid-map.js';
import { toFastArray, type Bits, type FastArray } from './voxel-arrays.js';

/**
 * Trilinear interpolation for grids at any angle to each other.
 *
 * @param data voxels of the input, x fastest
 * @param inputSize the input's size
 * @param outputSize the output's size
 * @param map from output indices to input indices
 * @param border `clamp`, or the value outside
 */
export function interpolateAnyAngle(
  data: VoxelArray,
  inputSize: Vec3,
  outputSize: Vec3,
  map: IndexMap,
  border: 'clamp' | number,
): Float32Array {
  const input = toFastArray(data);
  const output = new Float32Array(outputSize[0] * outputSize[1] * outputSize[2]);
  const [nx, ny, nz] = inputSize;
  const [m0, , , m3, , , m6] = map.matrix;
  let target = 0;
  for (let k = 0; k < outputSize[2]; k++) {
    for (let j = 0; j < outputSize[1]; j++) {
      const [x0, y0, z0] = rowStart(map, j, k);
      for (let i = 0; i < outputSize[0]; i++) {
        let x = x0 + i * m0;
        let y = y0 + i * m3;
        let z = z0 + i * m6;
        if (border === 'clamp') {
          x = x < 0 ? 0 : x > nx - 1 ? nx - 1 : x;
          y = y < 0 ? 0 : y > ny - 1 ? ny - 1 : y;
          z = z < 0 ? 0 : z > nz - 1 ? nz - 1 : z;
        }
        const inside = x >= 0 && y >= 0 && z >= 0 && x <= nx - 1 && y <= ny - 1 && z <= nz - 1;
        output[target++] = inside
          ? interpolateInside(input, nx, ny, nz, x, y, z)
          : interpolateOutside(input, inputSize, x, y, z, border as number);
      }
    }
  }
  return output;
}

function interpolateInside(
  data: FastArray,
  nx: number,
  ny: number,
  nz: number,
  x: number,
  y: number,
  z: number,
): number {
  const i = Math.floor(x);
  const j = Math.floor(y);
  const k = Math.floor(z);
  const u = x - i;
  const v = y - j;
  const w = z - k;
  const dx = i + 1 < nx ? 1 : 0;
  const dy = j + 1 < ny ? nx : 0;
  const dz = k + 1 < nz ? nx * ny : 0;
  const at = (k * ny + j) * nx + i;
  const near =
    (1 - v) * ((1 - u) * data[at]! + u * data[at + dx]!) +
    v * ((1 - u) * data[at + dy]! + u * data[at + dy + dx]!);
  const far =
    (1 - v) * ((1 - u) * data[at + dz]! + u * data[at + dz + dx]!) +
    v * ((1 - u) * data[at + dz + dy]! + u * data[at + dz + dy + dx]!);
  return (1 - w) * near + w * far;
}

/** As if the input went on in all directions with the border's value. */
function interpolateOutside(
  data: FastArray,
  size: Vec3,
  x: number,
  y: number,
  z: number,
  border: number,
): number {
  const [nx, ny, nz] = size;
  if (x <= -1 || y <= -1 || z <= -1 || x >= nx || y >= ny || z >= nz) return border;
  const i = Math.floor(x);
  const j = Math.floor(y);
  const k = Math.floor(z);
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    const a = i + (corner & 1);
    const b = j + ((corner >> 1) & 1);
    const c = k + (corner >> 2);
    const weight = (1 - Math.abs(x - a)) * (1 - Math.abs(y - b)) * (1 - Math.abs(z - c));
    const inside = a >= 0 && b >= 0 && c >= 0 && a < nx && b < ny && c < nz;
    sum += weight * (inside ? data[(c * ny + b) * nx + a]! : border);
  }
  return sum;
}

/** Takes for each output voxel the nearest input voxel; voxels outside stay as they are unless `clamp` is set. */
export function gatherAnyAngle(
  from: Bits,
  to: Bits,
  inputSize: Vec3,
  outputSize: Vec3,
  map: IndexMap,
  clamp: boolean,
): void {
  const [nx, ny, nz] = inputSize;
  const [m0, , , m3, , , m6] = map.matrix;
  let target = 0;
  for (let k = 0; k < outputSize[2]; k++) {
    for (let j = 0; j < outputSize[1]; j++) {
      const [x0, y0, z0] = rowStart(map, j, k);
      for (let i = 0; i < outputSize[0]; i++, target++) {
        let x = roundHalfToEven(x0 + i * m0);
        let y = roundHalfToEven(y0 + i * m3);
        let z = roundHalfToEven(z0 + i * m6);
        if (clamp) {
          x = x < 0 ? 0 : x > nx - 1 ? nx - 1 : x;
          y = y < 0 ? 0 : y > ny - 1 ? ny - 1 : y;
          z = z < 0 ? 0 : z > nz - 1 ? nz - 1 : z;
        } else if (x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz) continue;
        to[target] = from[(z * ny + y) * nx + x]!;
      }
    }
  }
}

function rowStart({ matrix: m, offset }: IndexMap, j: number, k: number): [number, number, number] {
  return [m[1] * j + m[2] * k + offset[0], m[4] * j + m[5] * k + offset[1], m[7] * j + m[8] * k + offset[2]];
}
