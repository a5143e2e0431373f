import {
  createGeometry,
  createVolume,
  indexToWorld,
  voxelCount,
  type Geometry,
  type Mat3,
  type Vec3,
  type Volume,
} from '@lungseg/core';

/** A simple chest with a known answer. */
export interface Chest {
  /** HU. */
  readonly image: Volume<Int16Array>;
  /** 1 right lung, 2 left lung. */
  readonly leftRight: Volume<Uint8Array>;
}

/** An ellipsoid in the patient: centre and half axes, LPS, in mm. */
type Ellipsoid = readonly [centre: Vec3, half: Vec3];

const BODY: Ellipsoid = [
  [0, 0, 0],
  [150, 105, 400],
];
/** The right lung is the larger one, so that swapped sides show up. */
const RIGHT: Ellipsoid = [
  [-68, 0, 5],
  [55, 75, 100],
];
const LEFT: Ellipsoid = [
  [68, 5, 15],
  [45, 65, 80],
];

/** Which lungs a chest has. */
export interface ChestOptions {
  readonly right?: boolean;
  readonly left?: boolean;
}

/** The chest as it looks on a grid. */
export function renderChest(geometry: Geometry, options: ChestOptions = {}): Chest {
  const { right = true, left = true } = options;
  const image = new Int16Array(voxelCount(geometry));
  const labels = new Uint8Array(image.length);
  const [nx, ny, nz] = geometry.size;
  for (let k = 0, n = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, n++) {
        const p = indexToWorld(geometry, [i, j, k]);
        const label = right && isInside(p, RIGHT) ? 1 : left && isInside(p, LEFT) ? 2 : 0;
        labels[n] = label;
        image[n] = label > 0 ? -800 : isInside(p, BODY) ? 40 : -1024;
      }
    }
  }
  return { image: createVolume(image, geometry), leftRight: createVolume(labels, geometry, 'label') };
}

function isInside(p: Vec3, [centre, half]: Ellipsoid): boolean {
  let sum = 0;
  for (let axis = 0; axis < 3; axis++) sum += ((p[axis]! - centre[axis]!) / half[axis]!) ** 2;
  return sum < 1;
}

/** A grid around the middle of the chest, with these axes. */
export function gridAround(size: Vec3, spacing: Vec3, direction: Mat3): Geometry {
  const placed = createGeometry({ size, spacing, direction });
  const middle = indexToWorld(placed, size.map((n) => (n - 1) / 2) as unknown as Vec3);
  return { ...placed, origin: middle.map((n) => -n || 0) as unknown as Vec3 };
}
