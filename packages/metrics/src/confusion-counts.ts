import { sameGrid, ShapeError, type Volume } from '@lungseg/core';
import { isForeground } from './foreground.js';

/** How two masks agree, in voxels. */
export interface ConfusionCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/**
 * Compares two label maps voxel by voxel.
 *
 * @param prediction label map to judge
 * @param reference label map of the same grid
 * @param label what counts as foreground; any value but 0 by default
 * @throws ShapeError when the grids differ
 */
export function confusionCounts(prediction: Volume, reference: Volume, label?: number): ConfusionCounts {
  assertSameGrid(prediction, reference, 'prediction', 'reference');
  const a = prediction.data;
  const b = reference.data;
  let both = 0;
  let predicted = 0;
  let present = 0;
  for (let n = 0; n < a.length; n++) {
    const p = isForeground(a[n]!, label);
    const q = isForeground(b[n]!, label);
    if (p) predicted++;
    if (q) present++;
    if (p && q) both++;
  }
  return {
    truePositives: both,
    falsePositives: predicted - both,
    falseNegatives: present - both,
    trueNegatives: a.length - predicted - present + both,
  };
}

/** Refuses volumes that lie on different grids. */
export function assertSameGrid(a: Volume, b: Volume, nameOfA: string, nameOfB: string): void {
  if (sameGrid(a.geometry, b.geometry)) return;
  const describe = ({ geometry: { size, spacing, origin } }: Volume): string =>
    `${size.join(' x ')} voxels of ${spacing.map(round).join(' x ')} mm from (${origin.map(round).join(', ')})`;
  throw new ShapeError(
    `The ${nameOfA} and the ${nameOfB} must lie on the same grid. Received: ${describe(a)} and ${describe(b)}. Resample one onto the other's grid.`,
  );
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
