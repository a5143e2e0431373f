import { indexToWorld, InvalidArgumentError, type Mat3, type Transform, type Vec3 } from '@lungseg/core';
import type { Geometry } from '@lungseg/core';
import { resampleToGrid, type ResampleOptions } from './resample-to-grid.js';
import { firstVolume } from './sample.js';
import type { GeometryJson } from './spacing.js';

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
export function rotate(options: RotateOptions): Transform<RotateParams> {
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
export function randomRotate(options: RandomRotateOptions): Transform<RotateParams> {
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
  options: ResampleOptions,
  angles: (draw: (low: number, high: number) => number) => Vec3,
): Transform<RotateParams> {
  return {
    name,
    sampleParams: (rng, sample) => ({
      degrees: angles((low, high) => rng.uniform(low, high)),
      from: { ...firstVolume(sample).geometry },
    }),
    apply: (volume, { degrees, from }) => resampleToGrid(volume, rotateGeometry(from, degrees), options),
    invert: (volume, { from }) => resampleToGrid(volume, from, options),
  };
}

/** The grid that shows the contents turned: turned the other way, its middle in the same place. */
function rotateGeometry(geometry: Geometry, degrees: Vec3): Geometry {
  // The contents turn by Rz Ry Rx; the grid turns by its inverse.
  const inverse = transpose(
    multiply(aboutAxis(2, degrees[2]), multiply(aboutAxis(1, degrees[1]), aboutAxis(0, degrees[0]))),
  );
  const middle: Vec3 = [(geometry.size[0] - 1) / 2, (geometry.size[1] - 1) / 2, (geometry.size[2] - 1) / 2];
  const turned = { ...geometry, direction: multiply(geometry.direction, inverse) };
  const before = indexToWorld(geometry, middle);
  const after = indexToWorld(turned, middle);
  const { origin } = geometry;
  return {
    ...turned,
    origin: [
      origin[0] + before[0] - after[0],
      origin[1] + before[1] - after[1],
      origin[2] + before[2] - after[2],
    ],
  };
}

function aboutAxis(axis: 0 | 1 | 2, degrees: number): Mat3 {
  const c = Math.cos((degrees * Math.PI) / 180);
  const s = Math.sin((degrees * Math.PI) / 180);
  if (axis === 0) return [1, 0, 0, 0, c, -s, 0, s, c];
  if (axis === 1) return [c, 0, s, 0, 1, 0, -s, 0, c];
  return [c, -s, 0, s, c, 0, 0, 0, 1];
}

function multiply(a: Mat3, b: Mat3): Mat3 {
  const product = [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) => [0, 1, 2].reduce((sum, k) => sum + a[row * 3 + k]! * b[k * 3 + column]!, 0)),
  );
  return product as unknown as Mat3;
}

const transpose = (m: Mat3): Mat3 => [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];

function assertDegrees(degrees: Vec3): void {
  if (degrees.length !== 3 || !degrees.every(Number.isFinite)) {
    throw new InvalidArgumentError(`degrees must be three finite angles. Received: ${String(degrees)}.`);
  }
}
