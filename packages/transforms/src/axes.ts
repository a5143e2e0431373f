import { indexToWorld, type Geometry, type Mat3, type Vec3, type Volume } from '@lungseg/core';
import { arrayLike, bitsOf, type Bits } from './voxel-arrays.js';

/** Axis numbers 0, 1, 2, each once. */
export type AxisOrder = readonly [number, number, number];

/** One boolean per axis. */
export type AxisFlags = readonly [boolean, boolean, boolean];

/**
 * Permutes and reverses the axes of a volume. Every voxel keeps its place in the patient.
 *
 * @param volume any volume
 * @param order the input axis that becomes output axis 0, 1, 2
 * @param flips whether output axis 0, 1, 2 runs against its input axis
 * @returns voxels moved, none interpolated
 */
export function permuteAxes<V extends Volume>(volume: V, order: AxisOrder, flips: AxisFlags): V {
  if (order.every((axis, n) => axis === n) && !flips.includes(true)) return volume;
  const data = arrayLike(volume.data, volume.data.length);
  moveVoxels(bitsOf(volume.data), bitsOf(data), volume.geometry.size, order, flips);
  return { ...volume, data, geometry: permuteGeometry(volume.geometry, order, flips) };
}

/** The geometry of {@link permuteAxes}'s result. */
export function permuteGeometry(geometry: Geometry, order: AxisOrder, flips: AxisFlags): Geometry {
  const { size, spacing, direction } = geometry;
  const first: [number, number, number] = [0, 0, 0];
  order.forEach((axis, n) => {
    if (flips[n]!) first[axis] = size[axis]! - 1;
  });
  const pick = (v: Vec3): Vec3 => [v[order[0]]!, v[order[1]]!, v[order[2]]!];
  const columns = [0, 1, 2].flatMap((row) =>
    // `|| 0` because minus zero would show up in files and comparisons.
    order.map((axis, n) => (flips[n]! ? -1 : 1) * direction[row * 3 + axis]! || 0),
  );
  return {
    size: pick(size),
    spacing: pick(spacing),
    origin: indexToWorld(geometry, first),
    direction: columns as unknown as Mat3,
  };
}

function moveVoxels(from: Bits, to: Bits, size: Vec3, order: AxisOrder, flips: AxisFlags): void {
  const strides = [1, size[0], size[0] * size[1]];
  let start = 0;
  const [sx, sy, sz] = order.map((axis, n) => {
    if (flips[n]!) start += (size[axis]! - 1) * strides[axis]!;
    return flips[n]! ? -strides[axis]! : strides[axis]!;
  }) as [number, number, number];
  const [nx, ny, nz] = order.map((axis) => size[axis]!) as [number, number, number];
  let target = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      let source = start + z * sz + y * sy;
      if (sx === 1) {
        to.set(from.subarray(source, source + nx) as never, target);
        target += nx;
        continue;
      }
      for (let x = 0; x < nx; x++, source += sx) to[target++] = from[source]!;
    }
  }
}
