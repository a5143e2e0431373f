import { indexToWorld, UnsupportedError, type Geometry, type Vec3 } from '@lungseg/core';

/** The grid seen along rising x, y, z of the world, and how its voxels are stored. */
export interface WorldGrid {
  readonly size: Vec3;
  readonly spacing: Vec3;
  readonly first: Vec3;
  readonly start: number;
  readonly stride: Vec3;
}

/**
 * Sees a grid along the axes of the world.
 *
 * @throws UnsupportedError when its axes are oblique
 */
export function worldGridOf(geometry: Geometry): WorldGrid {
  const { size, spacing, direction } = geometry;
  const strides = [1, size[0], size[0] * size[1]];
  const world = { size: [0, 0, 0], spacing: [0, 0, 0], first: [0, 0, 0], stride: [0, 0, 0] };
  const corner: [number, number, number] = [0, 0, 0];
  let start = 0;
  for (let axis = 0; axis < 3; axis++) {
    const row = [0, 1, 2].find((r) => Math.abs(direction[r * 3 + axis]!) > 0.999);
    if (row === undefined) {
      throw new UnsupportedError(
        `A phantom is rendered on a grid whose axes run along the patient's. Received the direction ${direction.join(' ')}. Render it on such a grid, then resample.`,
      );
    }
    const backwards = direction[row * 3 + axis]! < 0;
    world.size[row] = size[axis]!;
    world.spacing[row] = spacing[axis]!;
    world.stride[row] = backwards ? -strides[axis]! : strides[axis]!;
    if (backwards) {
      corner[axis] = size[axis]! - 1;
      start += (size[axis]! - 1) * strides[axis]!;
    }
  }
  return { ...(world as unknown as Omit<WorldGrid, 'start'>), first: indexToWorld(geometry, corner), start };
}
