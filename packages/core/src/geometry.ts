import { InvalidArgumentError } from './errors.js';

/** Three numbers, one per axis, in the order x, y, z. */
export type Vec3 = readonly [number, number, number];

/** A 3 x 3 matrix, row by row. */
export type Mat3 = readonly [number, number, number, number, number, number, number, number, number];

/**
 * Where the voxels of a volume lie in the patient, as in ITK: index (i, j, k) is at
 * `origin + direction · (spacing ∘ index)`, in LPS millimetres (x to the patient's left, y to the back, z to the head).
 */
export interface Geometry {
  /** Number of voxels along i, j, k. */
  readonly size: Vec3;
  /** Distance between voxel centres along i, j, k, in mm; always positive. */
  readonly spacing: Vec3;
  /** LPS position of the centre of voxel (0, 0, 0), in mm. */
  readonly origin: Vec3;
  /** Rotation, row by row; its columns are the directions of the axes i, j, k in LPS. */
  readonly direction: Mat3;
}

/** The direction of a volume whose axes run to the left, to the back and to the head. */
export const IDENTITY_DIRECTION: Mat3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** Number of voxels of a geometry. */
export function voxelCount(geometry: Geometry): number {
  const [x, y, z] = geometry.size;
  return x * y * z;
}

/**
 * Makes a geometry, with the defaults of ITK, and checks it.
 *
 * @param parts the size, and what differs from spacing 1 mm, origin 0 and the identity direction
 * @throws InvalidArgumentError when a size is not a positive integer, a spacing is not positive, a
 *   number is not finite, or the direction's columns are not orthonormal within 1e-3
 * @example
 * createGeometry({ size: [512, 512, 133], spacing: [0.7, 0.7, 2.5] });
 */
export function createGeometry(parts: Partial<Geometry> & Pick<Geometry, 'size'>): Geometry {
  const { size, spacing = [1, 1, 1], origin = [0, 0, 0], direction = IDENTITY_DIRECTION } = parts;
  if (size.length !== 3 || !size.every((n) => Number.isInteger(n) && n > 0)) {
    throw new InvalidArgumentError(`size must be three positive integers. Received: ${String(size)}.`);
  }
  if (spacing.length !== 3 || !spacing.every((n) => Number.isFinite(n) && n > 0)) {
    throw new InvalidArgumentError(
      `spacing must be three positive numbers of mm. Received: ${String(spacing)}.`,
    );
  }
  if (origin.length !== 3 || !origin.every(Number.isFinite)) {
    throw new InvalidArgumentError(`origin must be three finite numbers of mm. Received: ${String(origin)}.`);
  }
  if (direction.length !== 9 || !isOrthonormal(direction)) {
    throw new InvalidArgumentError(
      `direction must be nine numbers whose columns are orthonormal. Received: ${String(direction)}.`,
    );
  }
  return { size, spacing, origin, direction };
}

function isOrthonormal(m: Mat3): boolean {
  for (let a = 0; a < 3; a++) {
    for (let b = a; b < 3; b++) {
      const dot = m[a]! * m[b]! + m[a + 3]! * m[b + 3]! + m[a + 6]! * m[b + 6]!;
      // Written so that NaN fails, too.
      if (!(Math.abs(dot - (a === b ? 1 : 0)) < 1e-3)) return false;
    }
  }
  return true;
}

/** The product of a 3 x 3 matrix and a vector. */
export function multiplyMat3Vec3(m: Mat3, v: Vec3): Vec3 {
  return [
    m[0] * v[0] + m[1] * v[1] + m[2] * v[2],
    m[3] * v[0] + m[4] * v[1] + m[5] * v[2],
    m[6] * v[0] + m[7] * v[1] + m[8] * v[2],
  ];
}

/**
 * The inverse of a 3 x 3 matrix.
 *
 * @throws InvalidArgumentError when the matrix is singular
 */
export function invertMat3(m: Mat3): Mat3 {
  const [a, b, c, d, e, f, g, h, i] = m;
  const A = e * i - f * h;
  const B = f * g - d * i;
  const C = d * h - e * g;
  const det = a * A + b * B + c * C;
  // Relative to the matrix, since the determinant of one in mm shrinks with the cube of the spacing.
  const scale = Math.max(...m.map(Math.abs));
  if (!(Math.abs(det) > 1e-12 * scale ** 3)) {
    throw new InvalidArgumentError(
      `A matrix must be invertible. Received one with determinant ${det}: ${String(m)}.`,
    );
  }
  return [
    A / det,
    (c * h - b * i) / det,
    (b * f - c * e) / det,
    B / det,
    (a * i - c * g) / det,
    (c * d - a * f) / det,
    C / det,
    (b * g - a * h) / det,
    (a * e - b * d) / det,
  ];
}

/**
 * The LPS position, in mm, of a voxel index; the index may lie between voxels or outside the volume.
 *
 * @example
 * indexToWorld(volume.geometry, [0, 0, 0]); // the origin
 */
export function indexToWorld(geometry: Geometry, index: Vec3): Vec3 {
  const { spacing, origin, direction } = geometry;
  const scaled: Vec3 = [index[0] * spacing[0], index[1] * spacing[1], index[2] * spacing[2]];
  const [x, y, z] = multiplyMat3Vec3(direction, scaled);
  return [x + origin[0], y + origin[1], z + origin[2]];
}

/** The index, generally between voxels, of an LPS position in mm: the inverse of {@link indexToWorld}. */
export function worldToIndex(geometry: Geometry, world: Vec3): Vec3 {
  const { spacing, origin, direction } = geometry;
  const [x, y, z] = multiplyMat3Vec3(invertMat3(direction), [
    world[0] - origin[0],
    world[1] - origin[1],
    world[2] - origin[2],
  ]);
  return [x / spacing[0], y / spacing[1], z / spacing[2]];
}

/**
 * Whether two geometries describe the same grid.
 *
 * @param toleranceMm how far apart the same corner may lie in the two, in mm
 */
export function sameGrid(a: Geometry, b: Geometry, toleranceMm = 1e-3): boolean {
  if (a.size.some((n, axis) => n !== b.size[axis])) return false;
  for (const corner of cornersOf(a.size)) {
    const p = indexToWorld(a, corner);
    const q = indexToWorld(b, corner);
    if (Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) > toleranceMm) return false;
  }
  return true;
}

/** The eight corner indices of a grid of this size. */
export function cornersOf(size: Vec3): Vec3[] {
  const corners: Vec3[] = [];
  for (const k of [0, size[2] - 1]) {
    for (const j of [0, size[1] - 1]) {
      for (const i of [0, size[0] - 1]) corners.push([i, j, k]);
    }
  }
  return corners;
}
