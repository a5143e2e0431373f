import { InvalidArgumentError, toJson, type Vec3 } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { resampleToGrid, settleResampling, type ResampleOptions } from './resample-to-grid.js';
import { rotateGeometry } from './rotate-geometry.js';
import { firstVolume } from './sample.js';
import type { GeometryJson } from './spacing.js';
import type { SpatialTransform } from './spatial-transform.js';

/** Options of {@link rotate}. */
export interface RotateOptions extends ResampleOptions {
  /** Degrees about the axes i, j, k, in this order; positive is from the next axis to the one after, as i to j about k. */
  readonly degrees: Vec3;
}

/** Options of {@link randomRotate}. */
export interface RandomRotateOptions extends ResampleOptions {
  /** The largest angle about i, j, k, in degrees; each is drawn from [-degrees, degrees]. */
  readonly degrees: Vec3;
}

/** Parameters of {@link rotate} and {@link randomRotate}: angles, and the grid before. */
export type RotateParams = { readonly degrees: Vec3; readonly from: GeometryJson };

/**
 * Turns the contents of a volume about its middle, in mm and in one resampling, on a grid of the same size and spacing.
 * The grid is turned the other way in the patient, so that every landmark keeps its place there. The inverse samples
 * at the voxels of the grid before; corners that were turned out of view are lost.
 *
 * @param options angles, interpolation and border
 * @throws InvalidArgumentError when an angle is not finite
 * @see MONAI `Rotate`
 */
export function rotate(options: RotateOptions): SpatialTransform<RotateParams> {
  options = copyOf(options);
  const { degrees } = options;
  assertDegrees(degrees);
  return rotation('rotate', options, () => degrees);
}

/**
 * Turns the contents of a volume by angles drawn at random: {@link rotate} by chance.
 *
 * @param options the largest angles, interpolation and border
 * @throws InvalidArgumentError when an angle is not finite
 * @see MONAI `RandRotate`
 * @example
 * randomRotate({ degrees: [0, 0, 10], border: -1024 });
 */
export function randomRotate(options: RandomRotateOptions): SpatialTransform<RotateParams> {
  options = copyOf(options);
  const { degrees } = options;
  assertDegrees(degrees);
  return rotation('randomRotate', options, (draw) => [
    draw(-degrees[0], degrees[0]),
    draw(-degrees[1], degrees[1]),
    draw(-degrees[2], degrees[2]),
  ]);
}

function rotation(
  name: string,
  options: RotateOptions,
  angles: (draw: (low: number, high: number) => number) => Vec3,
): SpatialTransform<RotateParams> {
  return {
    name,
    options: toJson({ degrees: options.degrees, ...settleResampling(options) }),
    sampleParams: (rng, sample) => ({
      degrees: angles((low, high) => rng.uniform(low, high)),
      from: { ...firstVolume(sample).geometry },
    }),
    apply: (volume, { degrees, from }) => resampleToGrid(volume, rotateGeometry(from, degrees), options),
    invert: (volume, { from }) => resampleToGrid(volume, from, options),
    outputGrid: (grid, { degrees }) => rotateGeometry(grid, degrees),
  };
}

/** Refuses angles that are not three finite numbers. */
export function assertDegrees(degrees: Vec3): void {
  if (degrees.length !== 3 || !degrees.every(Number.isFinite)) {
    throw new InvalidArgumentError(`degrees must be three finite angles. Received: ${String(degrees)}.`);
  }
}
