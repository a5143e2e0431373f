import { indexToWorld, Rng, type Vec3, type Volume } from '@lungseg/core';
import type { PhantomParams } from '../phantom/phantom-params.js';
import { samplePhantomParams } from '../phantom/sample-phantom-params.js';

/** A whole chest on a grid that takes a fraction of a second. */
export const COARSE = { spacing: [5, 5, 9], size: [76, 60, 38], coverage: 'chest' } as const;

/** Volume of the voxels with this label; with any, without one. */
export const millilitres = ({ data, geometry }: Volume, wanted?: number): number => {
  let count = 0;
  for (const value of data) if (wanted === undefined ? value > 0 : value === wanted) count++;
  return (count * geometry.spacing[0] * geometry.spacing[1] * geometry.spacing[2]) / 1000;
};

/** Mean LPS position of the voxels with this label. */
export const centroid = ({ data, geometry }: Volume, wanted: number): Vec3 => {
  const [nx, ny] = geometry.size;
  const sum = [0, 0, 0];
  let count = 0;
  data.forEach((value, at) => {
    if (value !== wanted) return;
    const world = indexToWorld(geometry, [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))]);
    for (let axis = 0; axis < 3; axis++) sum[axis] = sum[axis]! + world[axis]!;
    count++;
  });
  return [sum[0]! / count, sum[1]! / count, sum[2]! / count];
};

/** Byte by byte: jest's own equality takes seconds on arrays of this length. */
export const sameVoxels = ({ data: a }: Volume, { data: b }: Volume): boolean =>
  Buffer.compare(new Uint8Array(a.buffer), new Uint8Array(b.buffer)) === 0;

/** A healthy adult's chest, upright in its grid, without chance in what is measured. */
export const healthy = (seed: number, change: Partial<PhantomParams> = {}): PhantomParams => {
  const params = samplePhantomParams(new Rng(seed), COARSE);
  return {
    ...params,
    pathology: {
      ...params.pathology,
      lesions: [],
      effusionLeft: 0,
      effusionRight: 0,
      pneumothoraxLeft: 0,
      pneumothoraxRight: 0,
      fibrosis: 0,
    },
    pose: { ...params.pose, scale: 1 },
    lungs: { ...params.lungs, missing: 0, rightDome: 0 },
    mediastinum: { ...params.mediastinum, shift: 0 },
    scanner: { ...params.scanner, circleRadius: 0, noiseHu: 3, streakHu: 0, sharpen: 0 },
    ...change,
  };
};
