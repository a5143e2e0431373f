import {
  createGeometry,
  createVolume,
  type Geometry,
  type NamedArray,
  type Vec3,
  type Volume,
} from '@lungseg/core';
import type { Comparison } from './check.js';
import { relativeError } from './golden.js';

/** The size x, y, z of a tensor [..., X, Y, Z]. */
export function sizeOf({ shape }: NamedArray): Vec3 {
  return shape.slice(-3) as unknown as Vec3;
}

/** Voxels of a tensor [..., X, Y, Z], which has z fastest, with x fastest. */
export function toXFastest(data: ArrayLike<number>, [nx, ny, nz]: Vec3): Float32Array {
  const result = new Float32Array(nx * ny * nz);
  for (let x = 0, n = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      for (let z = 0; z < nz; z++) result[(z * ny + y) * nx + x] = data[n++]!;
    }
  }
  return result;
}

/** A stored mask [..., X, Y, Z] as a label map. */
export function labelMapOf(mask: NamedArray, spacing: Vec3 = [1, 1, 1]): Volume {
  const size = sizeOf(mask);
  const data = Uint8Array.from(toXFastest(mask.data as Float32Array, size));
  return createVolume(data, createGeometry({ size, spacing }), 'label');
}

/** A geometry from an RAS+ affine whose axes may be sheared, which `rasAffineToGeometry` refuses. */
export function shearedGeometry(affine: ArrayLike<number>, size: Vec3): Geometry {
  const lps = (row: number, column: number): number => (row < 2 ? -1 : 1) * affine[row * 4 + column]!;
  const spacing = [0, 1, 2].map((column) => Math.hypot(lps(0, column), lps(1, column), lps(2, column)));
  const direction = [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) => lps(row, column) / spacing[column]!),
  );
  return {
    size,
    spacing: spacing as unknown as Vec3,
    origin: [lps(0, 3), lps(1, 3), lps(2, 3)],
    direction: direction as unknown as Geometry['direction'],
  };
}

/**
 * Compares a volume with a stored tensor [..., X, Y, Z].
 *
 * @param relativeTolerance of the tensor's largest value; 0 asks for the same voxels
 */
export function compareVolume(
  name: string,
  volume: Volume,
  reference: NamedArray,
  relativeTolerance: number,
): Comparison {
  const size = sizeOf(reference);
  if (volume.geometry.size.some((n, axis) => n !== size[axis])) {
    return { name, error: Infinity, tolerance: relativeTolerance };
  }
  const data = toXFastest(reference.data as Float32Array, size);
  const error = relativeError(volume.data, { shape: reference.shape, data });
  return { name, error, tolerance: relativeTolerance };
}
