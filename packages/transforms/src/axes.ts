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

/** Voxels along each side of the tiles in which a transposition goes: their rows stay in the cache. */
const TILE = 64;

function moveVoxels(from: Bits, to: Bits, size: Vec3, order: AxisOrder, flips: AxisFlags): void {
  const strides = [1, size[0], size[0] * size[1]];
  let start = 0;
  const steps = order.map((axis, n) => {
    if (flips[n]!) start += (size[axis]! - 1) * strides[axis]!;
    return flips[n]! ? -strides[axis]! : strides[axis]!;
  });
  const counts = order.map((axis) => size[axis]!);
  const targets = [1, counts[0]!, counts[0]! * counts[1]!];
  // The output axis along which the input is contiguous, and the one that is left.
  const along = order.indexOf(0);
  const across = along === 0 ? 1 : along;
  const outer = 3 - across;
  for (let o = 0; o < counts[outer]!; o++) {
    const plane = {
      source: start + o * steps[outer]!,
      target: o * targets[outer]!,
      sourceSteps: [steps[0]!, steps[across]!] as const,
      targetStep: targets[across]!,
    };
    if (steps[0] === 1) copyRows(from, to, plane, counts[0]!, counts[across]!);
    else if (steps[0] === -1) reverseRows(from, to, plane, counts[0]!, counts[across]!);
    else movePlane(from, to, plane, counts[0]!, counts[across]!);
  }
}

/** Where a plane begins in input and output, and how far it is from voxel to voxel and from row to row. */
interface Plane {
  readonly source: number;
  readonly target: number;
  readonly sourceSteps: readonly [number, number];
  readonly targetStep: number;
}

function copyRows(from: Bits, to: Bits, plane: Plane, nx: number, ny: number): void {
  for (let y = 0; y < ny; y++) {
    const source = plane.source + y * plane.sourceSteps[1];
    to.set(from.subarray(source, source + nx), plane.target + y * plane.targetStep);
  }
}

function reverseRows(from: Bits, to: Bits, plane: Plane, nx: number, ny: number): void {
  for (let y = 0; y < ny; y++) {
    const source = plane.source + y * plane.sourceSteps[1];
    const target = plane.target + y * plane.targetStep;
    for (let x = 0; x < nx; x++) to[target + x] = from[source - x]!;
  }
}

function movePlane(from: Bits, to: Bits, plane: Plane, nx: number, ny: number): void {
  const [sx, sy] = plane.sourceSteps;
  for (let y0 = 0; y0 < ny; y0 += TILE) {
    const y1 = Math.min(y0 + TILE, ny);
    for (let x0 = 0; x0 < nx; x0 += TILE) {
      const x1 = Math.min(x0 + TILE, nx);
      for (let y = y0; y < y1; y++) {
        const source = plane.source + y * sy;
        const target = plane.target + y * plane.targetStep;
        for (let x = x0; x < x1; x++) to[target + x] = from[source + x * sx]!;
      }
    }
  }
}
