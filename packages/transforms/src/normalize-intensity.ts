import { InvalidArgumentError, toJson, type Transform } from '@lungseg/core';
import { volumeOf } from './crop-to-foreground.js';
import { mapLinearly, meanAndDeviation } from './intensities.js';

/** Options of {@link normalizeIntensity}. */
export interface NormalizeIntensityOptions {
  /** What becomes 0; the mean of the sample's volume by default. */
  readonly mean?: number;
  /** What becomes 1 away from it; the standard deviation of the sample's volume by default. */
  readonly standardDeviation?: number;
  /** Only intensities over this one count for the statistics; all by default. */
  readonly above?: number;
  /** The volume of the sample that is measured; the first one by default. */
  readonly key?: string;
}

/** Parameters of {@link normalizeIntensity}. */
export type NormalizeIntensityParams = { readonly mean: number; readonly standardDeviation: number };

/**
 * Brings intensities to mean 0 and standard deviation 1: `(v - mean) / standardDeviation`; labels stay as they are.
 * Where all intensities are the same, they become 0. The inverse brings them back.
 *
 * @param options known statistics, or what to measure them on
 * @throws InvalidArgumentError when the standard deviation is not positive
 * @see MONAI `NormalizeIntensity`
 * @example
 * normalizeIntensity({ key: 'image', above: -950 });
 */
export function normalizeIntensity(
  options: NormalizeIntensityOptions = {},
): Transform<NormalizeIntensityParams> {
  const { mean, standardDeviation, above, key } = options;
  if (standardDeviation !== undefined && !(standardDeviation > 0)) {
    throw new InvalidArgumentError(`standardDeviation must be positive. Received: ${standardDeviation}.`);
  }
  return {
    name: 'normalizeIntensity',
    options: toJson({ mean, standardDeviation, above, key }),
    sampleParams: (_rng, sample) => {
      if (mean !== undefined && standardDeviation !== undefined) return { mean, standardDeviation };
      const measured = meanAndDeviation(volumeOf(sample, key), above);
      return {
        mean: mean ?? measured.mean,
        standardDeviation: standardDeviation ?? (measured.deviation > 0 ? measured.deviation : 1),
      };
    },
    apply: (volume, params) => {
      const factor = 1 / params.standardDeviation;
      return mapLinearly(volume, { factor, offset: -params.mean * factor });
    },
    invert: (volume, params) =>
      mapLinearly(volume, { factor: params.standardDeviation, offset: params.mean }),
    inverts: 'values',
  };
}
