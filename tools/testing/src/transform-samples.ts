import {
  createGeometry,
  createVolume,
  indexToWorld,
  Rng,
  voxelCount,
  worldToIndex,
  type Geometry,
  type Mat3,
  type Sample,
  type Vec3,
  type Volume,
} from '@lungseg/core';

/** A grid at any place and angle in the patient, left-handed as often as not, of unequal voxels. */
export function anyGrid(rng: Rng): Geometry {
  const vec3 = (draw: () => number): Vec3 => [draw(), draw(), draw()];
  return createGeometry({
    size: vec3(() => rng.integer(7, 12)),
    spacing: vec3(() => rng.uniform(1.5, 4)),
    origin: vec3(() => rng.uniform(-300, 300)),
    direction: anyDirection(rng),
  });
}

/** A rotation by a quaternion, with a mirrored first axis half the time. */
function anyDirection(rng: Rng): Mat3 {
  const parts = [rng.normal(), rng.normal(), rng.normal(), rng.normal()];
  const length = Math.hypot(...parts);
  const [x, y, z, r] = parts.map((value) => value / length) as [number, number, number, number];
  const s = rng.bernoulli(0.5) ? -1 : 1;
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
}

/** Noise in HU as `image`, and a `label` map of 0, 1 and 2, on any grid. */
export function anySample(seed: number): Sample {
  const rng = new Rng(seed);
  const geometry = anyGrid(rng);
  const count = voxelCount(geometry);
  const image = Int16Array.from({ length: count }, () => rng.integer(-1000, 400));
  const label = Uint8Array.from({ length: count }, () => rng.integer(0, 3));
  return { image: createVolume(image, geometry), label: createVolume(label, geometry, 'label') };
}

/** The index of a voxel by its number. */
const indexOf = (n: number, [nx, ny]: Vec3): Vec3 => [
  n % nx,
  Math.floor(n / nx) % ny,
  Math.floor(n / (nx * ny)),
];

/** Landmarks everywhere: `image`, `y` and `z`, whose voxels hold the x, y and z of their own place in the patient. */
export function landmarks({ geometry }: Volume): Sample {
  const places = Array.from({ length: voxelCount(geometry) }, (_, n) =>
    indexToWorld(geometry, indexOf(n, geometry.size)),
  );
  const along = (axis: number): Volume =>
    createVolume(
      Float64Array.from(places, (place) => place[axis]!),
      geometry,
    );
  return { image: along(0), y: along(1), z: along(2) };
}

/** Calls back for each voxel of landmarks that were transformed: its place on their grid, and the place that it shows. */
export function forEachLandmark(
  { image, y, z }: Sample,
  act: (place: Vec3, shown: Vec3, n: number) => void,
): void {
  for (let n = 0; n < image!.data.length; n++) {
    const place = indexToWorld(image!.geometry, indexOf(n, image!.geometry.size));
    act(place, [image!.data[n]!, y!.data[n]!, z!.data[n]!], n);
  }
}

/** Whether a place lies among the voxels of a grid, so many mm from its edge. */
export function isInside(grid: Geometry, place: Vec3, marginMm = 0): boolean {
  return worldToIndex(grid, place).every((value, axis) => {
    const margin = marginMm / grid.spacing[axis]! - 1e-9;
    return value >= margin && value <= grid.size[axis]! - 1 - margin;
  });
}

/** The eight voxels of a grid around a place; fewer at its edge. */
export function voxelsAround(grid: Geometry, place: Vec3): Vec3[] {
  const low = worldToIndex(grid, place).map((value) => Math.floor(value + 1e-9));
  return [0, 1, 2, 3, 4, 5, 6, 7]
    .map((corner) => low.map((value, axis) => value + ((corner >> axis) & 1)) as unknown as Vec3)
    .filter((index) => index.every((value, axis) => value >= 0 && value < grid.size[axis]!))
    .map((index) => indexToWorld(grid, index));
}

/** How far apart two places are, in voxels of a grid. */
export function voxelsApart(grid: Geometry, a: Vec3, b: Vec3): number {
  const [p, q] = [worldToIndex(grid, a), worldToIndex(grid, b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}
