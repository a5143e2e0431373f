import { toJson, type Transform, type Volume } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { assertAmountOver, drawAmount, type Amount } from './amount.js';
import { measuredOn, measureEach, type ByKey } from './by-key.js';
import { mapLinearly, meanAndDeviation, rangeOf, unmapLinearly } from './intensities.js';

/** Options of {@link adjustContrast}. */
export interface AdjustContrastOptions {
  /** How many times the distances from the mean grow; a range to draw it from, or one number. 1 changes nothing. */
  readonly factor: Amount;
  /** Whether intensities stay within the range that they had; true by default. */
  readonly keepRange?: boolean;
}

/** Parameters of {@link adjustContrast}: how much, and the mean of each volume of intensities before. */
export type AdjustContrastParams = { readonly factor: number; readonly means: ByKey<number> };

/**
 * Stretches intensities about their mean, `mean + factor · (v - mean)`, so that contrast changes and brightness doesn't;
 * labels stay as they are. There is an inverse where nothing is clipped: `keepRange: false`.
 *
 * @param options how much
 * @throws InvalidArgumentError when the factor is not positive
 * @see batchgenerators `ContrastAugmentationTransform`, with `preserve_range`
 * @example
 * adjustContrast({ factor: [0.75, 1.25] });
 */
export function adjustContrast(options: AdjustContrastOptions): Transform<AdjustContrastParams> {
  options = copyOf(options);
  assertAmountOver('factor', options.factor, 0);
  const { keepRange = true } = options;
  const lineOf = (volume: Volume, { factor, means }: AdjustContrastParams, key?: string) => {
    const mean = measuredOn(means, key) ?? meanOf(volume);
    return { factor, offset: mean * (1 - factor) };
  };
  return {
    name: 'adjustContrast',
    options: toJson({ factor: options.factor, keepRange }),
    sampleParams: (rng, sample) => ({
      factor: drawAmount(rng, options.factor),
      means: measureEach(sample, meanOf),
    }),
    apply: (volume, params, key) => {
      if (volume.kind === 'label') return volume;
      const line = lineOf(volume, params, key);
      if (!keepRange) return mapLinearly(volume, line);
      const [low, high] = rangeOf(volume);
      return mapLinearly(volume, { ...line, low, high });
    },
    ...(keepRange
      ? {}
      : {
          // Contrast about the mean keeps the mean: a volume that wasn't measured still has it.
          invert: (volume, params, key) => unmapLinearly(volume, lineOf(volume, params, key)),
          inverts: 'values' as const,
        }),
  };
}

const meanOf = (volume: Volume): number => meanAndDeviation(volume).mean;
