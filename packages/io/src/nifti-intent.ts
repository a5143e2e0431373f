/** What a NIfTI holds by its intent, where that is no scan. @see https://nifti.nimh.nih.gov/pub/dist/src/niftilib/nifti1.h */
const MEANINGS: Readonly<Record<number, string>> = {
  5: 'z scores',
  22: 'p-values',
  1002: 'labels',
  1003: 'names of neurons',
  1004: 'matrices',
  1005: 'matrices',
  1006: 'displacements',
  1007: 'vectors',
  1008: 'points',
  1009: 'triangles',
  1010: 'quaternions',
  1011: 'numbers without a unit',
  2002: 'indices',
  2003: 'colours',
  2004: 'colours',
  2005: 'shapes',
};

/** The codes of statistics. */
const STATISTICS = [2, 24] as const;

/** What a NIfTI says that it holds, in words, or undefined where that may be a scan. */
export function meaningOfIntent(code: number): string | undefined {
  const isStatistic = code >= STATISTICS[0] && code <= STATISTICS[1];
  const meaning = MEANINGS[code] ?? (isStatistic ? 'a statistic' : undefined);
  return meaning === undefined ? undefined : `it holds ${meaning} (NIfTI intent ${code})`;
}
