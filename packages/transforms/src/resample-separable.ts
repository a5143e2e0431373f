import type { Vec3, VoxelArray } from '@lungseg/core';
import type { AxisTaps } from './axis-taps.js';
import { toFastArray, type Bits, type FastArray } from './voxel-arrays.js';

/** Taps along x, y, z. */
export type Taps3 = readonly [AxisTaps, AxisTaps, AxisTaps];

/**
 * Interpolates axis by axis, slice by slice: the only buffers beside the result are a few slices.
 *
 * @param data voxels of the input, x fastest
 * @param inputSize the input's size
 * @param outputSize the output's size
 * @param taps how to make each output position, along x, y, z
 * @param border what lies outside, where the taps refer to it
 */
export function interpolateSeparably(
  data: VoxelArray,
  inputSize: Vec3,
  outputSize: Vec3,
  taps: Taps3,
  border: number,
): Float32Array {
  const input = toFastArray(data);
  const output = new Float32Array(outputSize[0] * outputSize[1] * outputSize[2]);
  const plane = new PlaneResampler(inputSize, outputSize, taps, border);
  // Whichever comes first should be what leaves fewer voxels for the other.
  if (outputSize[2] <= inputSize[2]) blendThenResample(input, output, inputSize, outputSize, taps, plane);
  else resampleThenBlend(input, output, inputSize, outputSize, taps, plane);
  return output;
}

function blendThenResample(
  input: FastArray,
  output: Float32Array,
  inputSize: Vec3,
  outputSize: Vec3,
  [, , along]: Taps3,
  plane: PlaneResampler,
): void {
  const inputPlane = inputSize[0] * inputSize[1];
  const outputPlane = outputSize[0] * outputSize[1];
  const blended = new Float32Array(inputPlane);
  for (let z = 0; z < outputSize[2]; z++) {
    blended.fill(plane.border * (along.borderWeights?.[z] ?? 0));
    for (let t = z * along.count; t < (z + 1) * along.count; t++) {
      const weight = along.weights[t]!;
      if (weight !== 0) addScaled(blended, 0, input, along.indices[t]! * inputPlane, inputPlane, weight);
    }
    plane.resample(blended, 0, output.subarray(z * outputPlane, (z + 1) * outputPlane));
  }
}

function resampleThenBlend(
  input: FastArray,
  output: Float32Array,
  inputSize: Vec3,
  outputSize: Vec3,
  [, , along]: Taps3,
  plane: PlaneResampler,
): void {
  const inputPlane = inputSize[0] * inputSize[1];
  const outputPlane = outputSize[0] * outputSize[1];
  // Neighbouring output slices share input slices: keep the last few.
  const kept = Array.from({ length: along.count + 1 }, () => ({
    z: -1,
    slice: new Float32Array(outputPlane),
  }));
  let oldest = 0;
  const resampled = (z: number): Float32Array => {
    const found = kept.find((entry) => entry.z === z);
    if (found !== undefined) return found.slice;
    const entry = kept[oldest]!;
    oldest = (oldest + 1) % kept.length;
    entry.z = z;
    plane.resample(input, z * inputPlane, entry.slice);
    return entry.slice;
  };
  for (let z = 0; z < outputSize[2]; z++) {
    const start = z * outputPlane;
    const outside = plane.border * (along.borderWeights?.[z] ?? 0);
    if (outside !== 0) output.fill(outside, start, start + outputPlane);
    for (let t = z * along.count; t < (z + 1) * along.count; t++) {
      const weight = along.weights[t]!;
      if (weight !== 0) addScaled(output, start, resampled(along.indices[t]!), 0, outputPlane, weight);
    }
  }
}

/** Resamples one slice, along y and then along x. */
class PlaneResampler {
  readonly #width: number;
  readonly #outputWidth: number;
  readonly #outputHeight: number;
  readonly #taps: Taps3;
  readonly #row: Float32Array;
  readonly border: number;

  constructor(inputSize: Vec3, outputSize: Vec3, taps: Taps3, border: number) {
    this.#width = inputSize[0];
    this.#outputWidth = outputSize[0];
    this.#outputHeight = outputSize[1];
    this.#taps = taps;
    this.#row = new Float32Array(inputSize[0]);
    this.border = border;
  }

  /** @param start where the slice begins in `input` */
  resample(input: FastArray, start: number, output: Float32Array): void {
    const [along, across] = this.#taps;
    for (let y = 0; y < this.#outputHeight; y++) {
      this.#row.fill(this.border * (across.borderWeights?.[y] ?? 0));
      for (let t = y * across.count; t < (y + 1) * across.count; t++) {
        const weight = across.weights[t]!;
        const from = start + across.indices[t]! * this.#width;
        if (weight !== 0) addScaled(this.#row, 0, input, from, this.#width, weight);
      }
      const to = y * this.#outputWidth;
      if (along.count === 2) interpolateRow(this.#row, output, to, this.#outputWidth, along, this.border);
      else gatherRow(this.#row, output, to, this.#outputWidth, along, this.border);
    }
  }
}

function addScaled(
  to: Float32Array,
  toStart: number,
  from: FastArray,
  fromStart: number,
  length: number,
  weight: number,
): void {
  for (let n = 0; n < length; n++) to[toStart + n]! += weight * from[fromStart + n]!;
}

function interpolateRow(
  row: Float32Array,
  output: Float32Array,
  start: number,
  length: number,
  { indices, weights, borderWeights }: AxisTaps,
  border: number,
): void {
  for (let x = 0, t = 0; x < length; x++, t += 2) {
    output[start + x] = weights[t]! * row[indices[t]!]! + weights[t + 1]! * row[indices[t + 1]!]!;
  }
  if (borderWeights === null) return;
  for (let x = 0; x < length; x++) output[start + x]! += border * borderWeights[x]!;
}

function gatherRow(
  row: Float32Array,
  output: Float32Array,
  start: number,
  length: number,
  { count, indices, weights, borderWeights }: AxisTaps,
  border: number,
): void {
  for (let x = 0, t = 0; x < length; x++) {
    let sum = borderWeights === null ? 0 : border * borderWeights[x]!;
    for (const end = t + count; t < end; t++) sum += weights[t]! * row[indices[t]!]!;
    output[start + x] = sum;
  }
}

/** Takes for each output voxel the input voxel at the given indices along x, y, z; -1 leaves it as it is. */
export function gatherSeparably(
  from: Bits,
  to: Bits,
  inputSize: Vec3,
  indices: readonly [Int32Array, Int32Array, Int32Array],
): void {
  const [xs, ys, zs] = indices;
  let target = 0;
  for (const z of zs) {
    for (const y of ys) {
      if (z < 0 || y < 0) {
        target += xs.length;
        continue;
      }
      const row = (z * inputSize[1] + y) * inputSize[0];
      for (let n = 0; n < xs.length; n++, target++) {
        const x = xs[n]!;
        if (x >= 0) to[target] = from[row + x]!;
      }
    }
  }
}
