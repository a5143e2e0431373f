import fc from 'fast-check';
import { createGeometry, createVolume, Rng, voxelCount } from '@lungseg/core';
import type { Geometry, Mat3, Vec3, Volume } from '@lungseg/core';

const integer3 = (min: number, max: number): fc.Arbitrary<Vec3> =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }), fc.integer({ min, max }));

const number3 = (min: number, max: number): fc.Arbitrary<Vec3> => {
  const one = fc.double({ min, max, noNaN: true });
  return fc.tuple(one, one, one);
};

/** Rotations, with and without a reflection, from a quaternion. */
const direction: fc.Arbitrary<Mat3> = fc
  .tuple(number3(-1, 1), fc.double({ min: 0.05, max: 1, noNaN: true }), fc.boolean())
  .map(([[a, b, c], w, mirrored]) => {
    const n = Math.hypot(a, b, c, w);
    const [x, y, z, r] = [a / n, b / n, c / n, w / n];
    const s = mirrored ? -1 : 1;
    return [
      s * (1 - 2 * (y * y + z * z)),
      2 * (x * y - z * r),
      2 * (x * z + y * r),
      s * 2 * (x * y + z * r),
      1 - 2 * (x * x + z * z),
      2 * (y * z - x * r),
      s * 2 * (x * z - y * r),
      2 * (y * z + x * r),
      1 - 2 * (x * x + y * y),
    ];
  });

/** Grids of any size, spacing, place and direction. */
export const anyGeometry: fc.Arbitrary<Geometry> = fc
  .record({ size: integer3(1, 9), spacing: number3(0.3, 6), origin: number3(-300, 300), direction })
  .map(createGeometry);

/** Volumes of noise on such grids. */
export const anyVolume: fc.Arbitrary<Volume> = fc
  .tuple(anyGeometry, fc.constantFrom('intensity' as const, 'label' as const), fc.integer())
  .map(([geometry, kind, seed]) => {
    const rng = new Rng(seed);
    const data = new Int16Array(voxelCount(geometry));
    for (let n = 0; n < data.length; n++)
      data[n] = kind === 'label' ? rng.integer(0, 4) : rng.integer(-1000, 1000);
    return createVolume(data, geometry, kind);
  });

/** The index of a voxel by its number. */
export function indexOf(n: number, [nx, ny]: Vec3): Vec3 {
  return [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))];
}

/** Three numbers between bounds. */
export const anyVec3 = number3;

/** Three whole numbers between bounds. */
export const anyIndex = integer3;
