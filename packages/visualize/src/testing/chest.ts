import { createGeometry, createVolume, indexToWorld, nearestAxes, worldToIndex } from '@lungseg/core';
import type { Geometry, Mat3, Vec3, Volume } from '@lungseg/core';

/** A simple chest. */
export interface Chest {
  /** HU. */
  readonly image: Volume;
  /** 1 right lung, 2 left lung. */
  readonly leftRight: Volume;
}

/** Two lungs as boxes, on a grid whose axes run to the left, the back and the head. No two slices are alike. */
export function makeChest(size: Vec3, spacing: Vec3, lungs: readonly (1 | 2)[] = [1, 2]): Chest {
  const geometry = createGeometry({ size, spacing });
  const labels = new Uint8Array(size[0] * size[1] * size[2]);
  const image = new Int16Array(labels.length);
  for (let z = 0, n = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++) {
      for (let x = 0; x < size[0]; x++, n++) {
        const [u, v, w] = [x / size[0], y / size[1], z / size[2]];
        const isWithin = v > 0.2 && v < 0.7 && w > 0.1 && w < 0.8;
        const label = !isWithin ? 0 : u > 0.1 && u < 0.45 ? 1 : u > 0.6 && u < 0.9 ? 2 : 0;
        labels[n] = lungs.some((lung) => lung === label) ? label : 0;
        image[n] = (labels[n]! > 0 ? -850 : 0) + 3 * ((7 * x + 5 * y + 3 * z) % 50);
      }
    }
  }
  return { image: createVolume(image, geometry), leftRight: createVolume(labels, geometry, 'label') };
}

/** The same volume, its axes stored in another order and direction. */
export function storedAlong(volume: Volume, direction: Mat3): Volume {
  const { size, spacing } = volume.geometry;
  const order = nearestAxes(direction).map(({ world }) => world);
  const pick = (values: Vec3): Vec3 => [values[order[0]!], values[order[1]!], values[order[2]!]];
  const turned = createGeometry({ size: pick(size), spacing: pick(spacing), direction });
  const middle = (geometry: Geometry): Vec3 =>
    indexToWorld(geometry, geometry.size.map((n) => (n - 1) / 2) as unknown as Vec3);
  const [from, to] = [middle(turned), middle(volume.geometry)];
  const geometry = { ...turned, origin: to.map((mm, axis) => mm - from[axis]!) as unknown as Vec3 };
  const data = new Float32Array(volume.data.length);
  const [nx, ny, nz] = geometry.size;
  for (let k = 0, n = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, n++) {
        const at = worldToIndex(volume.geometry, indexToWorld(geometry, [i, j, k])).map(Math.round);
        data[n] = volume.data[at[0]! + size[0] * (at[1]! + size[1] * at[2]!)]!;
      }
    }
  }
  return createVolume(data, geometry, volume.kind);
}
