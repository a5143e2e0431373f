import type { Transform } from '@lungseg/core';
import { fillHoles, keepLargestComponents, transformVolume } from '@lungseg/transforms';
import type { CaseCheck } from './check.js';
import { expected } from './golden.js';
import { compareVolume, labelMapOf } from './volumes.js';

/** Transforms of masks by the names of the reference tensors. */
const TRANSFORMS: Readonly<Record<string, Transform>> = {
  largest: keepLargestComponents({ count: 1, connectivity: 6 }),
  largest2: keepLargestComponents({ count: 2, connectivity: 6 }),
  filled: fillHoles(),
};

/** Post-processing of the stored mask, voxel by voxel the same. */
export const checkPostprocess: CaseCheck = (golden, name) => {
  const reference = golden.tensors(name);
  const mask = labelMapOf(expected(reference, 'mask'));
  const comparisons = Object.entries(TRANSFORMS).map(([key, transform]) =>
    compareVolume(key, transformVolume(transform, mask), expected(reference, key), 0),
  );
  const skipped = [...reference.keys()].filter((key) => key !== 'mask' && !(key in TRANSFORMS));
  return { comparisons, skipped };
};
