import { indexToWorld, InvalidArgumentError, toJson, worldToIndex } from '@lungseg/core';
import type { Geometry, Mat3, Vec3, Volume } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { roundHalfToEven } from './axis-taps.js';
import { resampleToGrid, settleResampling, type ResampleOptions } from './resample-to-grid.js';
import { firstVolume } from './sample.js';
import type { SpatialTransform } from './spatial-transform.js';

/** Options of {@link spacing}. */
export interface SpacingOptions extends ResampleOptions {
  /** Distance between voxel centres along i, j, k, in mm. */
  readonly spacing: Vec3;
}

/** A {@link Geometry} as plain JSON. */
export type GeometryJson = Pick<Geometry, keyof Geometry>;

/** Parameters of {@link spacing}: the grid before and after. */
export type SpacingParams = { readonly from: GeometryJson; readonly to: GeometryJson };

/**
 * Resamples to a given distance between voxels, on the grid that MONAI chooses. The inverse samples at the voxels of
 * the grid before; what resampling has smoothed stays so.
 *
 * @param options the spacing, interpolation and border
 * @throws InvalidArgumentError when a spacing is not positive
 * @see MONAI `Spacing`, with `align_corners=False`
 * @example
 * transformVolume(spacing({ spacing: [0.8, 0.8, 5] }), ct);
 */
export function spacing(options: SpacingOptions): SpatialTransform<SpacingParams> {
  options = copyOf(options);
  assertSpacing(options.spacing);
  return {
    name: 'spacing',
    options: toJson({ spacing: options.spacing, ...settleResampling(options) }),
    sampleParams: (_rng, sample) => {
      const from = firstVolume(sample).geometry;
      return { from: { ...from }, to: { ...spacingGeometry(from, options.spacing) } };
    },
    apply: (volume, { to }) => resampleToGrid(volume, to, options),
    invert: (volume, { from }) => resampleToGrid(volume, from, options),
    outputGrid: (_grid, { to }) => to,
  };
}

/**
 * The volume with a given distance between voxels: {@link spacing} for a volume on its own.
 *
 * @param volume any volume
 * @param voxelSpacing along i, j, k, in mm
 * @param options interpolation and border
 * @throws InvalidArgumentError when a spacing is not positive
 */
export function resampleToSpacing(volume: Volume, voxelSpacing: Vec3, options: ResampleOptions = {}): Volume {
  return resampleToGrid(volume, spacingGeometry(volume.geometry, voxelSpacing), options);
}

/**
 * The grid that MONAI's `Spacing` resamples to: the first voxel stays, the last moves to the nearest whole number of
 * steps; sheared axes are made orthogonal.
 *
 * @param geometry the grid before
 * @param voxelSpacing along i, j, k, in mm
 * @throws InvalidArgumentError when a spacing is not positive
 * @see MONAI `compute_shape_offset` and `zoom_affine` in monai/data/utils.py
 */
export function spacingGeometry(geometry: Geometry, voxelSpacing: Vec3): Geometry {
  assertSpacing(voxelSpacing);
  const target: Geometry = {
    size: geometry.size,
    spacing: voxelSpacing,
    origin: [0, 0, 0],
    direction: orthonormalize(geometry.direction),
  };
  const ends = [0, 1, 2, 3, 4, 5, 6, 7].map((corner): Vec3 => [
    corner & 1 ? geometry.size[0] - 1 : 0,
    corner & 2 ? geometry.size[1] - 1 : 0,
    corner & 4 ? geometry.size[2] - 1 : 0,
  ]);
  const placed = ends.map((corner) => worldToIndex(target, indexToWorld(geometry, corner)));
  const lowest = [0, 1, 2].map((axis) => Math.min(...placed.map((p) => p[axis]!)));
  const highest = [0, 1, 2].map((axis) => Math.max(...placed.map((p) => p[axis]!)));
  const size = lowest.map((low, axis) => roundHalfToEven(highest[axis]! - low + 1)) as unknown as Vec3;
  const first = placed.findIndex((p) => p.every((value, axis) => value - lowest[axis]! <= 1e-8));
  const origin =
    first >= 0 ? indexToWorld(geometry, ends[first]!) : centredOrigin(geometry, { ...target, size });
  return { ...target, size, origin };
}

/** Where no corner is lowest along all axes, MONAI lays the middles of the two grids onto each other. */
function centredOrigin(before: Geometry, after: Geometry): Vec3 {
  const half = ({ size }: Geometry): Vec3 => [size[0] / 2, size[1] / 2, size[2] / 2];
  const middle = indexToWorld(before, half(before));
  const reach = indexToWorld({ ...after, origin: [0, 0, 0] }, half(after));
  return [middle[0] - reach[0], middle[1] - reach[1], middle[2] - reach[2]];
}

/** Gram-Schmidt on the columns, the first kept. Columns that are orthonormal already stay as they are. */
function orthonormalize(direction: Mat3): Mat3 {
  const columns: number[][] = [];
  for (let column = 0; column < 3; column++) {
    let v = [direction[column]!, direction[column + 3]!, direction[column + 6]!];
    for (const other of columns) {
      const dot = v.reduce((sum, value, row) => sum + value * other[row]!, 0);
      if (Math.abs(dot) > 1e-9) v = v.map((value, row) => value - dot * other[row]!);
    }
    const length = Math.hypot(...v);
    columns.push(Math.abs(length - 1) > 1e-9 ? v.map((value) => value / length) : v);
  }
  return [0, 1, 2].flatMap((row) => columns.map((column) => column[row]!)) as unknown as Mat3;
}

function assertSpacing(voxelSpacing: Vec3): void {
  if (voxelSpacing.length !== 3 || !voxelSpacing.every((n) => Number.isFinite(n) && n > 0)) {
    throw new InvalidArgumentError(
      `spacing must be three positive numbers of mm. Received: ${String(voxelSpacing)}.`,
    );
  }
}
