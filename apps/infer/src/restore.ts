import { createVolume, indexToWorld, voxelCount, type Geometry, type Vec3, type Volume } from '@lungseg/core';
import { invertRegion, resampleToGrid } from '@lungseg/transforms';
import type { PreparedImage } from './prepare.js';

/** Voxels of the input's grid whose probabilities are in memory at a time: 64 MiB of float32. */
const SLAB_VOXELS = 2 ** 24;

/**
 * Brings probabilities on the network's grid back to the input's and makes labels of them. The probabilities are
 * interpolated, not the labels, and only a slab of slices at a time, so that the input's size costs one byte a voxel.
 *
 * @param probability of lung, x fastest, on the padded network's grid
 * @param prepared what {@link prepare} gave
 * @param geometry the input's grid
 * @param levels of probability, rising
 * @returns how many of the levels are reached, on exactly the input's grid; 0 outside the body's box
 */
export function restoreLevels(
  probability: Float32Array,
  prepared: PreparedImage,
  geometry: Geometry,
  levels: readonly number[],
): Volume<Uint8Array> {
  const { body, grid, padding, field } = prepared;
  const padded = createVolume(probability, paddedGeometry(grid, padding, field.size));
  const onGrid = invertRegion(padded, padding);
  const labels = createVolume(new Uint8Array(voxelCount(geometry)), geometry, 'label');
  const [sx, sy, sz] = body.start;
  const [nx, ny, nz] = body.size;
  const step = Math.max(1, Math.floor(SLAB_VOXELS / (nx * ny)));
  for (let k = 0; k < nz; k += step) {
    const size: Vec3 = [nx, ny, Math.min(step, nz - k)];
    const slab = { ...geometry, size, origin: indexToWorld(geometry, [sx, sy, sz + k]) };
    // Clamped, since the network's grid may end a little before the body's box does.
    const values = resampleToGrid(onGrid, slab, { border: 'clamp' }).data;
    markSlab(labels, values as Float32Array, [sx, sy, sz + k], size, levels);
  }
  return labels;
}

function paddedGeometry(grid: Geometry, padding: { readonly start: Vec3 }, size: Vec3): Geometry {
  return { ...grid, size, origin: indexToWorld(grid, padding.start) };
}

function markSlab(
  labels: Volume,
  values: Float32Array,
  start: Vec3,
  size: Vec3,
  levels: readonly number[],
): void {
  const [nx, ny] = labels.geometry.size;
  const target = labels.data;
  let n = 0;
  for (let z = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++) {
      const row = ((start[2] + z) * ny + start[1] + y) * nx + start[0];
      for (let x = 0; x < size[0]; x++, n++) {
        let label = 0;
        while (label < levels.length && values[n]! >= levels[label]!) label++;
        target[row + x] = label;
      }
    }
  }
}
