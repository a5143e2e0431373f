import { voxelCount, type Geometry, type Vec3, type Volume } from '@lungseg/core';
import { permuteAxes, type AxisOrder } from './axes.js';
import { linearTaps, nearestIndices, type AxisResampling, type AxisTaps } from './axis-taps.js';
import { mapAxes, mapIndices, type AxisMap } from './grid-map.js';
import { gatherAnyAngle, interpolateAnyAngle } from './resample-general.js';
import { gatherSeparably, interpolateSeparably } from './resample-separable.js';
import { arrayLike, bitsOf } from './voxel-arrays.js';

/** How to find values between voxels. */
export type Interpolation = 'linear' | 'nearest';

/** What lies outside a volume: its nearest voxel, or a value. */
export type Border = 'clamp' | number;

/** Options of {@link resampleToGrid}. */
export interface ResampleOptions {
  /** Between voxels; `linear` for intensities and `nearest` for labels by default. Labels are always `nearest`. */
  readonly interpolation?: Interpolation;
  /** Outside the volume; `clamp` by default. A number counts for intensities; labels take 0 then. */
  readonly border?: Border;
  /**
   * Whether linear interpolation averages over what lies between the new voxels where they are farther apart than
   * the old ones; false by default, as in MONAI. Grids at an angle are always sampled without.
   */
  readonly antialias?: boolean;
}

/**
 * Samples a volume at the voxels of another grid. Every landmark keeps its place in the patient.
 *
 * Grids whose axes are parallel, in any order and direction, are interpolated axis by axis and slice by slice; others
 * trilinearly, voxel by voxel.
 *
 * @param volume any volume, its axes sheared or not
 * @param geometry the grid to sample at
 * @param options interpolation and border
 * @returns float32 voxels where interpolated, else the type of the input
 * @see PyTorch `grid_sample`, whose rules for nearest voxels (halves go to the even index) and borders are kept
 * @example
 * resampleToGrid(probability, ct.geometry, { border: 0 });
 */
export function resampleToGrid(volume: Volume, geometry: Geometry, options: ResampleOptions = {}): Volume {
  const isLabel = volume.kind === 'label';
  const interpolation = isLabel ? 'nearest' : (options.interpolation ?? 'linear');
  const border = options.border ?? 'clamp';
  const value = typeof border === 'number' && isLabel ? 0 : border;
  if (interpolation === 'nearest') return takeNearest(volume, geometry, value);
  return interpolate(volume, geometry, value, options.antialias ?? false);
}

function interpolate(volume: Volume, geometry: Geometry, border: Border, antialias: boolean): Volume {
  const map = mapIndices(geometry, volume.geometry);
  const axes = mapAxes(map, geometry.size);
  if (axes === undefined) {
    const data = interpolateAnyAngle(volume.data, volume.geometry.size, geometry.size, map, border);
    return { ...volume, data, geometry };
  }
  const { data, geometry: aligned } = alignAxes(volume, axes);
  const taps = resamplings(axes, aligned.size, geometry.size, border).map((axis) =>
    linearTaps(axis, antialias),
  ) as [AxisTaps, AxisTaps, AxisTaps];
  const outside = border === 'clamp' ? 0 : border;
  const resampled = interpolateSeparably(data, aligned.size, geometry.size, taps, outside);
  return { ...volume, data: resampled, geometry };
}

function takeNearest(volume: Volume, geometry: Geometry, border: Border): Volume {
  const map = mapIndices(geometry, volume.geometry);
  const axes = mapAxes(map, geometry.size);
  const data = arrayLike(volume.data, voxelCount(geometry));
  if (border !== 'clamp' && border !== 0) data.fill(border);
  if (axes === undefined) {
    const { size } = volume.geometry;
    gatherAnyAngle(bitsOf(volume.data), bitsOf(data), size, geometry.size, map, border === 'clamp');
    return { ...volume, data, geometry };
  }
  const aligned = alignAxes(volume, axes);
  const indices = resamplings(axes, aligned.geometry.size, geometry.size, border).map(nearestIndices);
  gatherSeparably(
    bitsOf(aligned.data),
    bitsOf(data),
    aligned.geometry.size,
    indices as [Int32Array, Int32Array, Int32Array],
  );
  return { ...volume, data, geometry };
}

/** The input with its axes in the order of the output's. */
function alignAxes(volume: Volume, axes: readonly AxisMap[]): Volume {
  const order = axes.map(({ axis }) => axis) as unknown as AxisOrder;
  return permuteAxes(volume, order, [false, false, false]);
}

function resamplings(
  axes: readonly AxisMap[],
  inputSize: Vec3,
  outputSize: Vec3,
  border: Border,
): AxisResampling[] {
  return axes.map(({ scale, offset }, n) => ({
    scale,
    offset,
    inputSize: inputSize[n]!,
    outputSize: outputSize[n]!,
    clamp: border === 'clamp',
  }));
}
