import type { Vec3 } from '@lungseg/core';
import { segmentationScores, surfaceDice, surfaceDistances } from '@lungseg/metrics';
import type { CaseCheck, Comparison } from './check.js';
import { absoluteError, expected } from './golden.js';
import { labelMapOf } from './volumes.js';

/** In mm for distances, absolute; the others lie between 0 and 1. */
const TOLERANCE = 1e-4;
const TOLERANCE_MM = 2;

/** Overlaps and surface distances of the two stored masks. */
export const checkMetrics: CaseCheck = (golden, name) => {
  const reference = golden.tensors(name);
  const spacing = golden.cases[name]!['spacing'] as Vec3;
  const prediction = labelMapOf(expected(reference, 'pred'), spacing);
  const label = labelMapOf(expected(reference, 'label'), spacing);
  const scores = segmentationScores(prediction, label, { toleranceMm: TOLERANCE_MM });
  const surfels = surfaceDistances(prediction, label, { elements: 'surfels' });
  const ours: Readonly<Record<string, number>> = {
    dice: scores.dice,
    hd: scores.hausdorff,
    hd95: scores.hausdorff95,
    asd: scores.averageSurfaceDistance,
    nsd2mm: scores.surfaceDice,
    nsd_voxel_subvoxel: surfaceDice(surfels, { toleranceMm: TOLERANCE_MM }),
  };
  const comparisons: Comparison[] = Object.entries(ours).map(([key, value]) => ({
    name: key,
    error: absoluteError([value], expected(reference, key).data as Float32Array),
    tolerance: TOLERANCE,
  }));
  const inputs = ['pred', 'label'];
  const skipped = [...reference.keys()].filter((key) => !inputs.includes(key) && !(key in ours));
  return { comparisons, skipped };
};
