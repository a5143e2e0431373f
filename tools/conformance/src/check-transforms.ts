import {
  createVolume,
  geometryToRasAffine,
  type NamedArray,
  type Transform,
  type Volume,
} from '@lungseg/core';
import { orientation, scaleIntensityRange, spacing, transformVolume } from '@lungseg/transforms';
import type { CaseCheck, Comparison } from './check.js';
import { absoluteError, expected } from './golden.js';
import { compareVolume, shearedGeometry, toXFastest } from './volumes.js';

const SIZE = [24, 20, 14] as const;
const SPACING = [0.8, 0.8, 5] as const;
/** Of an affine's entries, in mm. */
const AFFINE_TOLERANCE = 1e-4;

/** Transforms by the names of the reference tensors, and how far their voxels may differ, relatively. */
const TRANSFORMS: Readonly<Record<string, readonly [Transform, number]>> = {
  spacing_linear: [spacing({ spacing: SPACING }), 1e-4],
  spacing_nearest: [spacing({ spacing: SPACING, interpolation: 'nearest' }), 0],
  orientation_ras: [orientation({ axcodes: 'RAS' }), 0],
  scale_intensity: [scaleIntensityRange({ from: [-1500, 500] }), 1e-4],
};

/** Each transform of a volume on a sheared grid, and the grid that it gives. */
export const checkTransforms: CaseCheck = (golden, name) => {
  const reference = golden.tensors(name);
  const values = golden.uniform('ct', SIZE[0] * SIZE[1] * SIZE[2]).map((u) => 1000 * u);
  const affine = expected(reference, 'affine').data as Float32Array;
  const ct = createVolume(toXFastest(values, SIZE), shearedGeometry(affine, SIZE));
  const comparisons: Comparison[] = [];
  const checked = new Set(['affine']);
  for (const [key, [transform, tolerance]] of Object.entries(TRANSFORMS)) {
    const result = transformVolume(transform, ct);
    comparisons.push(compareVolume(key, result, expected(reference, key), tolerance));
    const affineKey = `${key}_affine`;
    const grid = reference.get(affineKey);
    if (grid !== undefined) comparisons.push(compareAffine(affineKey, result, grid));
    checked.add(key).add(affineKey);
  }
  return { comparisons, skipped: [...reference.keys()].filter((key) => !checked.has(key)) };
};

function compareAffine(name: string, volume: Volume, reference: NamedArray): Comparison {
  const error = absoluteError(geometryToRasAffine(volume.geometry), reference.data as Float32Array);
  return { name, error, tolerance: AFFINE_TOLERANCE };
}
