import { createGeometry, createVolume, type Geometry, type Mat3, type Volume } from '@lungseg/core';

/** A rotation, row by row, by angles about x, y, then z, in radians. */
export function rotationOf(x: number, y: number, z: number): Mat3 {
  const [cx, sx, cy, sy, cz, sz] = [x, y, z].flatMap((angle) => [Math.cos(angle), Math.sin(angle)]) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return [
    cz * cy,
    cz * sy * sx - sz * cx,
    cz * sy * cx + sz * sx,
    sz * cy,
    sz * sy * sx + cz * cx,
    sz * sy * cx - cz * sx,
    -sy,
    cy * sx,
    cy * cx,
  ];
}

/** The same axes with the signs of some turned. */
export function withSigns(direction: Mat3, signs: readonly number[]): Mat3 {
  return direction.map((value, n) => value * signs[n % 3]!) as unknown as Mat3;
}

/** A small volume of whole HU in which every voxel can be told from its neighbours. */
export function huVolume(parts: Partial<Geometry> = {}): Volume<Int16Array> {
  const geometry = createGeometry({ size: [5, 4, 6], spacing: [0.7, 1.25, 2.5], ...parts });
  const [x, y, z] = geometry.size;
  return createVolume(
    Int16Array.from({ length: x * y * z }, (_, n) => ((n * 37) % 1500) - 1000),
    geometry,
  );
}
