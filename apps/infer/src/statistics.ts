import type { Volume } from '@lungseg/core';
import { labelStatistics, type LabelStatistics } from '@lungseg/metrics';
import { flagsOf, type Flag } from './flags.js';
import type { Lungs } from './post-process.js';

/**
 * The bands of HU whose share of the lungs is reported: below -950, as emphysema is quantified, and from -700 to -300,
 * where ground glass and other dense lung lies.
 *
 * @see Gevenois et al., 1996, https://doi.org/10.1164/ajrccm.154.1.8680679
 */
export const HU_BANDS = {
  belowMinus950: [-Infinity, -950],
  minus700ToMinus300: [-700, -300],
} as const;

/** Volume, HU and extent of the lungs; the numbers of labels are left out. */
export interface LungStatistics extends Omit<LabelStatistics, 'label' | 'shares'> {
  /** Percentage of the voxels below -950 HU; null where there are none. */
  readonly percentBelowMinus950Hu: number | null;
  /** Percentage of the voxels from -700 to -300 HU; null where there are none. */
  readonly percentMinus700ToMinus300Hu: number | null;
}

/** What {@link summarize} gives. */
export interface Summary {
  readonly right: LungStatistics;
  readonly left: LungStatistics;
  readonly total: LungStatistics;
  readonly flags: readonly Flag[];
}

/** Statistics of each lung and of both, and flags. */
export function summarize(image: Volume, lungs: Lungs): Summary {
  const { lung, leftRight } = lungs;
  const bands = HU_BANDS;
  const names = { 1: 'right lung', 2: 'left lung' };
  const [right, left] = labelStatistics(image, leftRight, names, { bands }).map(withPercentages);
  const [total] = labelStatistics(image, lung, { 1: 'both lungs' }, { bands }).map(withPercentages);
  return { right: right!, left: left!, total: total!, flags: flagsOf(right!, left!, lungs) };
}

function withPercentages({ label: _, shares, ...statistics }: LabelStatistics): LungStatistics {
  const percent = (share: number | null | undefined): number | null =>
    share === null || share === undefined ? null : 100 * share;
  return {
    ...statistics,
    percentBelowMinus950Hu: percent(shares['belowMinus950']),
    percentMinus700ToMinus300Hu: percent(shares['minus700ToMinus300']),
  };
}
