import { createVolume, indexToWorld, type Geometry, type Vec3, type Volume } from '@lungseg/core';
import { indexOf } from './arbitraries.js';

/** Three volumes whose voxels are the x, y and z of their own place in the patient: landmarks everywhere. */
export function ramps(geometry: Geometry): Volume[] {
  const count = geometry.size[0] * geometry.size[1] * geometry.size[2];
  const places = Array.from({ length: count }, (_, n) => indexToWorld(geometry, indexOf(n, geometry.size)));
  const along = (axis: number): Volume =>
    createVolume(
      Float64Array.from(places, (place) => place[axis]!),
      geometry,
    );
  return [along(0), along(1), along(2)];
}

/** Calls back for each voxel of ramps that were transformed: its place on their grid, and the place that it shows. */
export function forEachPlace(
  volumes: readonly Volume[],
  act: (place: Vec3, shown: Vec3, n: number) => void,
): void {
  const [x, y, z] = volumes as readonly [Volume, Volume, Volume];
  for (let n = 0; n < x.data.length; n++) {
    act(indexToWorld(x.geometry, indexOf(n, x.geometry.size)), [x.data[n]!, y.data[n]!, z.data[n]!], n);
  }
}
