import { indexToWorld, type Geometry, type Mat3, type Vec3 } from '@lungseg/core';

/**
 * The grid that shows the contents turned about its middle: the grid itself turned the other way, its middle in the same
 * place.
 *
 * @param geometry the grid before
 * @param degrees about the axes i, j, k, in this order
 */
export function rotateGeometry(geometry: Geometry, degrees: Vec3): Geometry {
  const inverse = transpose(rotationMatrix(degrees));
  return aboutMiddle({ ...geometry, direction: multiply(geometry.direction, inverse) }, geometry);
}

/** The grid, moved so that its middle lies where another's does. */
export function aboutMiddle(grid: Geometry, other: Geometry): Geometry {
  const middle = ({ size }: Geometry): Vec3 => [(size[0] - 1) / 2, (size[1] - 1) / 2, (size[2] - 1) / 2];
  const [wanted, found] = [indexToWorld(other, middle(other)), indexToWorld(grid, middle(grid))];
  const moved = grid.origin.map((value, axis) => value + wanted[axis]! - found[axis]!);
  return { ...grid, origin: moved as unknown as Vec3 };
}

/** Turns about the axes i, j, k, in this order: Rz Ry Rx. */
export function rotationMatrix(degrees: Vec3): Mat3 {
  return multiply(aboutAxis(2, degrees[2]), multiply(aboutAxis(1, degrees[1]), aboutAxis(0, degrees[0])));
}

function aboutAxis(axis: 0 | 1 | 2, degrees: number): Mat3 {
  const c = Math.cos((degrees * Math.PI) / 180);
  const s = Math.sin((degrees * Math.PI) / 180);
  if (axis === 0) return [1, 0, 0, 0, c, -s, 0, s, c];
  if (axis === 1) return [c, 0, s, 0, 1, 0, -s, 0, c];
  return [c, -s, 0, s, c, 0, 0, 0, 1];
}

/** The product of two 3 x 3 matrices. */
export function multiply(a: Mat3, b: Mat3): Mat3 {
  const product = [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) => [0, 1, 2].reduce((sum, k) => sum + a[row * 3 + k]! * b[k * 3 + column]!, 0)),
  );
  return product as unknown as Mat3;
}

const transpose = (m: Mat3): Mat3 => [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];
