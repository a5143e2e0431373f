import { createGeometry, type Geometry, type Mat3, type Vec3 } from './geometry.js';
import { InvalidArgumentError } from './errors.js';

/**
 * The one place where lungseg's conventions meet others': LPS and RAS, x-y-z sizes and [D, H, W] shapes.
 */

/** A 4 x 4 affine as NIfTI and nibabel write it, row by row: voxel index to RAS+ position in mm. */
export type Affine = readonly number[];

/**
 * The RAS+ affine of a geometry, as nibabel shows it.
 *
 * @returns 16 numbers, row by row; the last row is 0 0 0 1
 */
export function geometryToRasAffine(geometry: Geometry): Affine {
  const { spacing, origin, direction } = geometry;
  const affine: number[] = [];
  for (let row = 0; row < 3; row++) {
    const sign = row < 2 ? -1 : 1;
    for (let column = 0; column < 3; column++)
      affine.push(sign * direction[row * 3 + column]! * spacing[column]!);
    affine.push(sign * origin[row]!);
  }
  return [...affine, 0, 0, 0, 1];
}

/**
 * The geometry of an image from its RAS+ affine.
 *
 * @param affine 16 numbers, row by row
 * @param size voxels along i, j, k
 * @throws InvalidArgumentError when the axes are sheared or one of them has no length
 */
export function rasAffineToGeometry(affine: Affine, size: Vec3): Geometry {
  if (affine.length !== 16) {
    throw new InvalidArgumentError(`An affine must have 16 numbers. Received: ${affine.length}.`);
  }
  const lps = (row: number, column: number): number => (row < 2 ? -1 : 1) * affine[row * 4 + column]!;
  const lengthOf = (column: number): number => Math.hypot(lps(0, column), lps(1, column), lps(2, column));
  const spacing: Vec3 = [lengthOf(0), lengthOf(1), lengthOf(2)];
  const direction = [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) => lps(row, column) / spacing[column]!),
  );
  return createGeometry({
    size,
    spacing,
    origin: [lps(0, 3), lps(1, 3), lps(2, 3)],
    direction: direction as unknown as Mat3,
  });
}

/** The tensor shape [1, D, H, W, C] of a volume of this size (x, y, z). */
export function tensorShapeOf(size: Vec3, channels = 1): [number, number, number, number, number] {
  return [1, size[2], size[1], size[0], channels];
}

/** The size (x, y, z) of the volume that a tensor of shape [N, D, H, W, C] holds. */
export function sizeOfTensorShape(shape: readonly number[]): Vec3 {
  if (shape.length !== 5) {
    throw new InvalidArgumentError(
      `A tensor of volumes must be [N, D, H, W, C]. Received: [${shape.join(', ')}].`,
    );
  }
  return [shape[3]!, shape[2]!, shape[1]!];
}

const AXIS_LETTERS = [
  ['L', 'R'],
  ['P', 'A'],
  ['S', 'I'],
] as const;

/**
 * The three-letter orientation of a geometry: where each of i, j, k runs to, as in nibabel's `aff2axcodes`.
 *
 * @returns for instance 'LPS' for the identity direction; each oblique axis gets its nearest letter, each letter once; where two
 *   are as near, as with all axes at the same angle to all of the patient's, rounding decides
 * @see https://nipy.org/nibabel/reference/nibabel.orientations.html
 */
export function axisCodes(geometry: Geometry): string {
  return nearestAxes(geometry.direction)
    .map(({ world, sign }) => AXIS_LETTERS[world][sign > 0 ? 0 : 1])
    .join('');
}

/** For one index axis: the world axis it is nearest to (0 L-R, 1 P-A, 2 S-I) and whether it runs along (+1) or against it (-1) in LPS. */
export interface NearestAxis {
  readonly world: 0 | 1 | 2;
  readonly sign: 1 | -1;
}

/**
 * Assigns each index axis its nearest world axis, a world axis only once, the best aligned first.
 *
 * @param direction rotation, row by row, columns are axes
 */
export function nearestAxes(direction: Mat3): [NearestAxis, NearestAxis, NearestAxis] {
  const pairs = [0, 1, 2]
    .flatMap((axis) => [0, 1, 2].map((world) => ({ axis, world, value: direction[world * 3 + axis]! })))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const result: NearestAxis[] = [];
  const taken = new Set<number>();
  for (const { axis, world, value } of pairs) {
    if (result[axis] !== undefined || taken.has(world)) continue;
    taken.add(world);
    result[axis] = { world: world as 0 | 1 | 2, sign: value < 0 ? -1 : 1 };
  }
  return result as [NearestAxis, NearestAxis, NearestAxis];
}
