import type { Json, Sample, Volume } from '@lungseg/core';

/** What was measured on each volume of intensities of a sample, by its name. */
export type ByKey<T extends Json> = Readonly<Record<string, T>>;

/** Measures each volume of intensities; what has no finite measure, as where a volume holds NaN, is left out. */
export function measureEach<T extends number | readonly number[]>(
  sample: Sample,
  measure: (volume: Volume) => T,
): ByKey<T> {
  return Object.fromEntries(
    Object.entries(sample)
      .filter(([, { kind }]) => kind === 'intensity')
      .map(([key, volume]) => [key, measure(volume)] as const)
      .filter(([, measured]) => [measured].flat().every(Number.isFinite)),
  );
}

/** What was measured on a volume by its name; on the only one there was, for a volume without a name. */
export function measuredOn<T extends Json>(measures: ByKey<T>, key: string | undefined): T | undefined {
  if (key !== undefined) return measures[key];
  const all = Object.values(measures);
  return all.length === 1 ? all[0] : undefined;
}
