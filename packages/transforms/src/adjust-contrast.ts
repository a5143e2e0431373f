import { toJson, type Transform } from '@lungseg/core';
import { assertAmountOver, drawAmount, type Amount } from './amount.js';
import { mapLinearly, meanAndDeviation, rangeOf } from './intensities.js';

/** Options of {@link adjustContrast}. */
export interface AdjustContrastOptions {
  /** How many times the distances from the mean grow; a range to draw it from, or one number. 1 changes nothing. */
  readonly factor: Amount;
  /** Whether intensities stay within the range that they had; true by default. */
  readonly keepRange?: boolean;
}

/** Parameters of {@link adjustContrast}. */
export type AdjustContrastParams = { readonly factor: number };

/**
 * Stretches intensities about their mean, `mean + factor · (v - mean)`, so that contrast changes and brightness doesn't;
 * labels stay as they are.
 *
 * @param options how much
 * @throws InvalidArgumentError when the factor is not positive
 * @see batchgenerators `ContrastAugmentationTransform`, with `preserve_range`
 * @example
 * adjustContrast({ factor: [0.75, 1.25] });
 */
export function adjustContrast(options: AdjustContrastOptions): Transform<AdjustContrastParams> {
  assertAmountOver('factor', options.factor, 0);
  const { keepRange = true } = options;
  return {
    name: 'adjustContrast',
    options: toJson({ factor: options.factor, keepRange }),
    sampleParams: (rng) => ({ factor: drawAmount(rng, options.factor) }),
    apply: (volume, { factor }) => {
      if (volume.kind === 'label') return volume;
      const offset = meanAndDeviation(volume).mean * (1 - factor);
      if (!keepRange) return mapLinearly(volume, { factor, offset });
      const [low, high] = rangeOf(volume);
      return mapLinearly(volume, { factor, offset, low, high });
    },
  };
}
