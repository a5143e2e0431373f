import { invertMat3, multiplyMat3Vec3, type Geometry, type Mat3, type Vec3 } from '@lungseg/core';
import { aboutMiddle, multiply, rotationMatrix } from './rotate-geometry.js';

/** What an affine transform does to the contents of a volume, about its middle. Plain JSON. */
export type AffineParts = {
  /** Degrees about the axes i, j, k, in this order, after zoom and shear. */
  readonly degrees: Vec3;
  /** How many times larger contents become along i, j, k. */
  readonly zoom: Vec3;
  /** By how much of their distance along j, k and k contents slide along i, i and j. */
  readonly shear: Vec3;
  /** How far contents move along i, j, k, in mm. */
  readonly translation: Vec3;
};

/** An affine transform that does nothing. */
export const IDENTITY_PARTS: AffineParts = {
  degrees: [0, 0, 0],
  zoom: [1, 1, 1],
  shear: [0, 0, 0],
  translation: [0, 0, 0],
};

/**
 * The grid that shows the contents zoomed, sheared, turned and moved: the grid itself, of the same size, put through the
 * inverse. A shear leaves its axes at other than right angles.
 */
export function affineGeometry(geometry: Geometry, parts: AffineParts): Geometry {
  const { zoom, translation } = parts;
  const [a, b, c] = parts.shear;
  const [x, y, z] = geometry.spacing;
  const sheared: Mat3 = [1, a, b, 0, 1, c, 0, 0, 1];
  const scaled: Mat3 = [zoom[0], 0, 0, 0, zoom[1], 0, 0, 0, zoom[2]];
  const inverse = invertMat3(multiply(rotationMatrix(parts.degrees), multiply(sheared, scaled)));
  const steps = multiply(multiply(geometry.direction, inverse), [x, 0, 0, 0, y, 0, 0, 0, z]);
  const lengthOf = (column: number): number =>
    Math.hypot(steps[column]!, steps[column + 3]!, steps[column + 6]!);
  const spacing: Vec3 = [lengthOf(0), lengthOf(1), lengthOf(2)];
  const direction = steps.map((value, n) => value / spacing[n % 3]!) as unknown as Mat3;
  const { origin, ...turned } = aboutMiddle({ ...geometry, spacing, direction }, geometry);
  const moved = multiplyMat3Vec3(multiply(geometry.direction, inverse), translation);
  return { ...turned, origin: [origin[0] - moved[0], origin[1] - moved[1], origin[2] - moved[2]] };
}
