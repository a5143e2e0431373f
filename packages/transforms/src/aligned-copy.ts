import type { Geometry, Vec3, Volume } from '@lungseg/core';
import { permuteAxes, type AxisFlags, type AxisOrder } from './axes.js';
import type { Border } from './border.js';
import { cropRegion } from './crop-region.js';
import { canHold } from './fill-value.js';
import { mapAxes, mapIndices, type AxisMap } from './grid-map.js';

/** How far, in voxels, a voxel may lie from one of the input to be taken for it. */
const TOLERANCE = 1e-4;

/**
 * The volume on another grid where that is a box of its own voxels, in any order and direction: nothing needs to be
 * interpolated.
 *
 * @returns undefined where voxels lie between, or outside while the border has no value that they can hold
 */
export function copyAligned(volume: Volume, geometry: Geometry, border: Border): Volume | undefined {
  const axes = mapAxes(mapIndices(geometry, volume.geometry), geometry.size);
  if (!axes?.every((axis, n) => isWhole(axis, geometry.size[n]!))) return undefined;
  const start: [number, number, number] = [0, 0, 0];
  const size: [number, number, number] = [0, 0, 0];
  const order = axes.map(({ axis }) => axis) as unknown as AxisOrder;
  const flips = axes.map(({ scale }) => scale < 0) as unknown as AxisFlags;
  axes.forEach(({ axis, offset }, n) => {
    size[axis] = geometry.size[n]!;
    start[axis] = Math.round(offset) - (flips[n]! ? size[axis] - 1 : 0) || 0;
  });
  const isInside = start.every((n, axis) => n >= 0 && n + size[axis]! <= volume.geometry.size[axis]!);
  if (!isInside && !(typeof border === 'number' && isHeld(volume, border))) return undefined;
  const box = cropRegion(volume, start, size as Vec3, { fill: typeof border === 'number' ? border : 0 });
  return { ...permuteAxes(box, order, flips), geometry };
}

const isHeld = ({ kind, data }: Volume, border: number): boolean => kind === 'label' || canHold(data, border);

function isWhole({ scale, offset }: AxisMap, length: number): boolean {
  const stray = Math.abs(Math.abs(scale) - 1) * (length - 1) + Math.abs(offset - Math.round(offset));
  return stray < TOLERANCE;
}
