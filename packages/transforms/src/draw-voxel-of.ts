import type { Rng, Vec3, Volume, VoxelArray } from '@lungseg/core';
import { toFastArray, type FastArray } from './voxel-arrays.js';

/** A voxel of the label, or of any but 0, each as likely; undefined where there is none. */
export function drawVoxelOf(rng: Rng, map: Volume, label?: number): Vec3 | undefined {
  const [nx, ny] = map.geometry.size;
  const slices = countsBySlice(map, label);
  const total = slices.reduce((a, b) => a + b, 0);
  if (total === 0) return undefined;
  let rest = rng.integer(0, total);
  let z = 0;
  for (; rest >= slices[z]!; z++) rest -= slices[z]!;
  const data = toFastArray(map.data.subarray(z * nx * ny, (z + 1) * nx * ny));
  for (let n = 0; ; n++) {
    if (isOf(data[n]!, label) && rest-- === 0) return [n % nx, Math.floor(n / nx), z];
  }
}

/** Counts of the label maps seen before: a cached volume is cropped many times, and volumes never change. */
const knownCounts = new WeakMap<VoxelArray, Map<string, readonly number[]>>();

/** Voxels of the label in each slice along k. */
function countsBySlice(map: Volume, label: number | undefined): readonly number[] {
  const { data } = map;
  const [nx, ny, nz] = map.geometry.size;
  const known = knownCounts.get(data) ?? new Map<string, readonly number[]>();
  knownCounts.set(data, known);
  // The same voxels may be a volume of another size elsewhere.
  const key = `${nx} x ${ny} x ${nz}: ${label}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const values = toFastArray(data);
  const counts = Array.from({ length: nz }, (_, z) => countOf(values, z * nx * ny, (z + 1) * nx * ny, label));
  known.set(key, counts);
  return counts;
}

function countOf(data: FastArray, begin: number, end: number, label: number | undefined): number {
  let count = 0;
  for (let n = begin; n < end; n++) if (isOf(data[n]!, label)) count++;
  return count;
}

const isOf = (value: number, label: number | undefined): boolean =>
  label === undefined ? value !== 0 : value === label;
