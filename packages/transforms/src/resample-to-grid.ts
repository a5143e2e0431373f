import { voxelCount, type Geometry, type Vec3, type Volume } from '@lungseg/core';
import { permuteAxes, type AxisOrder } from './axes.js';
import { cubicTaps, linearTaps, nearestIndices, type AxisResampling, type AxisTaps } from './axis-taps.js';
import { splinePosition, type Border } from './border.js';
import { assertCanHold } from './fill-value.js';
import { interpolateCubicRows, SPLINE_MARGIN, splineCoefficients } from './cubic-spline.js';
import { mapAxes, mapIndices, type AxisMap } from './grid-map.js';
import { gatherSeparably, interpolateSeparably } from './resample-separable.js';
import { placeByMap, type PlaceRow } from './row-places.js';
import { gatherRows, interpolateRows } from './sample-rows.js';
import { arrayLike, bitsOf } from './voxel-arrays.js';

/** How to find values between voxels: along lines, by a cubic spline through the voxels, or the nearest one's. */
export type Interpolation = 'linear' | 'cubic' | 'nearest';

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
 * voxel by voxel.
 *
 * @param volume any volume, its axes sheared or not
 * @param geometry the grid to sample at
 * @param options interpolation and border
 * @returns float32 voxels where interpolated, else the type of the input
 * @throws InvalidArgumentError when a border is a number that the voxels' type can't hold, where they keep it
 * @see PyTorch `grid_sample`, whose rules for nearest voxels (halves go to the even index) and borders are kept; SciPy
 *   `ndimage.map_coordinates` of order 3, with the modes nearest, reflect and grid-constant, for `cubic`
 * @example
 * resampleToGrid(probability, ct.geometry, { border: 0 });
 */
export function resampleToGrid(volume: Volume, geometry: Geometry, options: ResampleOptions = {}): Volume {
  const map = mapIndices(geometry, volume.geometry);
  const axes = mapAxes(map, geometry.size);
  if (axes === undefined) return resampleRows(volume, geometry, placeByMap(map), options);
  const { interpolation, border } = settle(volume, options);
  const { data, geometry: aligned } = alignAxes(volume, axes);
  const along = resamplings(axes, aligned.size, geometry.size, border);
  if (interpolation === 'nearest') {
    const taken = emptyLike(volume, geometry, border);
    const indices = along.map(nearestIndices) as [Int32Array, Int32Array, Int32Array];
    gatherSeparably(bitsOf(data), bitsOf(taken), aligned.size, indices);
    return { ...volume, data: taken, geometry };
  }
  const outside = typeof border === 'number' ? border : 0;
  const interpolated =
    interpolation === 'cubic'
      ? interpolateCubic(data, aligned.size, geometry.size, along, border)
      : interpolateSeparably(
          data,
          aligned.size,
          geometry.size,
          along.map((axis) => linearTaps(axis, options.antialias ?? false)) as [AxisTaps, AxisTaps, AxisTaps],
          outside,
        );
  return { ...volume, data: interpolated, geometry };
}

/**
 * Samples a volume at places that are given row by row.
 *
 * @param volume any volume
 * @param geometry the grid of the result
 * @param placeRow where its voxels lie on the volume's grid
 * @param options interpolation and border
 */
export function resampleRows(
  volume: Volume,
  geometry: Geometry,
  placeRow: PlaceRow,
  options: ResampleOptions,
): Volume {
  const { interpolation, border } = settle(volume, options);
  const { size } = volume.geometry;
  if (interpolation === 'nearest') {
    const data = emptyLike(volume, geometry, border);
    gatherRows(bitsOf(volume.data), bitsOf(data), size, geometry.size, placeRow, border);
    return { ...volume, data, geometry };
  }
  if (interpolation === 'linear') {
    return { ...volume, data: interpolateRows(volume.data, size, geometry.size, placeRow, border), geometry };
  }
  const coefficients = splineCoefficients(volume.data, size, border);
  const inside = (position: number, axis: number): number => splinePosition(position, size[axis]!, border);
  const data = interpolateCubicRows(coefficients, geometry.size, placeRow, inside, border);
  return { ...volume, data, geometry };
}

/** The options with their defaults, as transforms note them. */
export function settleResampling({
  interpolation = 'linear',
  border = 'clamp',
  antialias = false,
}: ResampleOptions): Required<ResampleOptions> {
  return { interpolation, border, antialias };
}

/** Labels are never interpolated, and 0 where the border has a value. */
function settle(
  { kind }: Volume,
  { interpolation = 'linear', border = 'clamp' }: ResampleOptions,
): { interpolation: Interpolation; border: Border } {
  if (kind !== 'label') return { interpolation, border };
  return { interpolation: 'nearest', border: typeof border === 'number' ? 0 : border };
}

function emptyLike<V extends Volume>(volume: V, geometry: Geometry, border: Border): V['data'] {
  const data = arrayLike(volume.data, voxelCount(geometry));
  if (typeof border === 'number' && border !== 0) {
    assertCanHold('border', data, border);
    data.fill(border);
  }
  return data;
}

function interpolateCubic(
  data: Volume['data'],
  inputSize: Vec3,
  outputSize: Vec3,
  along: readonly AxisResampling[],
  border: Border,
): Float32Array {
  const coefficients = splineCoefficients(data, inputSize, border);
  const taps = along.map((axis) => cubicTaps(axis, SPLINE_MARGIN));
  const outside = typeof border === 'number' ? border : 0;
  return interpolateSeparably(
    coefficients.data,
    coefficients.size,
    outputSize,
    taps as [AxisTaps, AxisTaps, AxisTaps],
    outside,
  );
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
    border,
  }));
}
