import * as fc from 'fast-check';
import { createGeometry, type Geometry, type Mat3, type Vec3 } from '../geometry.js';

const finite = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true, noDefaultInfinity: true });

const three = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<[T, T, T]> => fc.tuple(of, of, of);

/** Rotations by unit quaternions, with a mirrored axis in half of them, as images have it. */
export const anyDirection: fc.Arbitrary<Mat3> = fc
  .tuple(fc.tuple(finite(-1, 1), finite(-1, 1), finite(-1, 1), finite(-1, 1)), fc.constantFrom(1, -1))
  .filter(([q]) => Math.hypot(...q) > 0.1)
  .map(([q, mirror]): Mat3 => {
    const [w, x, y, z] = q.map((n) => n / Math.hypot(...q)) as [number, number, number, number];
    return [
      1 - 2 * (y * y + z * z),
      2 * (x * y - z * w),
      mirror * 2 * (x * z + y * w),
      2 * (x * y + z * w),
      1 - 2 * (x * x + z * z),
      mirror * 2 * (y * z - x * w),
      2 * (x * z - y * w),
      2 * (y * z + x * w),
      mirror * (1 - 2 * (x * x + y * y)),
    ];
  });

/** Positions and indices as far away as a scanner's table reaches. */
export const anyPoint: fc.Arbitrary<Vec3> = three(finite(-2000, 2000));

/** Any grid: oblique, mirrored, anisotropic. */
export const anyGeometry: fc.Arbitrary<Geometry> = fc
  .record({
    size: three(fc.integer({ min: 1, max: 600 })),
    spacing: three(finite(0.1, 10)),
    origin: anyPoint,
    direction: anyDirection,
  })
  .map(createGeometry);
