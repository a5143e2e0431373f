import { InvalidArgumentError, toJson, type Transform, type Volume } from '@lungseg/core';
import { endsOf, type Amount } from './amount.js';
import { measuredOn, measureEach, type ByKey } from './by-key.js';
import { rangeOf } from './intensities.js';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link adjustGamma}. */
export interface AdjustGammaOptions {
  /** The natural logarithm of gamma; a range to draw it from, or one number. 0 changes nothing. */
  readonly logGamma: Amount;
}

/** Parameters of {@link adjustGamma}: how much, and the range of each volume of intensities before. */
export type AdjustGammaParams = {
  readonly logGamma: number;
  readonly ranges: ByKey<readonly [number, number]>;
};

/**
 * Bends intensities between the least and the greatest of the volume: `((v - low) / (high - low)) ^ gamma · (high - low) +
 * low`, with gamma = exp(logGamma), so that as much is brightened as darkened by a range about 0. Labels stay as they are.
 *
 * The inverse bends back, within the same range. It is as exact as float32 lets it be: where bending has flattened
 * intensities, much of their difference is lost to rounding.
 *
 * @param options how much
 * @throws InvalidArgumentError when logGamma is not finite or a range upside down
 * @see MONAI `AdjustContrast`; TorchIO `RandomGamma`, for the logarithm
 * @example
 * adjustGamma({ logGamma: [-0.3, 0.3] });
 */
export function adjustGamma(options: AdjustGammaOptions): Transform<AdjustGammaParams> {
  const [low, high] = endsOf(options.logGamma);
  if (!(Number.isFinite(low) && Number.isFinite(high) && high >= low)) {
    throw new InvalidArgumentError(
      `logGamma must be a finite number, or two, the smaller first. Received: ${String(options.logGamma)}.`,
    );
  }
  return {
    name: 'adjustGamma',
    options: toJson({ logGamma: options.logGamma }),
    sampleParams: (rng, sample) => ({
      logGamma: low === high ? low : rng.uniform(low, high),
      ranges: measureEach(sample, rangeOf),
    }),
    apply: (volume, { logGamma, ranges }, key) =>
      bend(volume, measuredOn(ranges, key), Math.exp(logGamma), COMPUTED_STEPS),
    // Bending keeps the ends of the range: a volume that wasn't measured still has them.
    invert: (volume, { logGamma, ranges }, key) =>
      bend(volume, measuredOn(ranges, key), Math.exp(-logGamma), Infinity),
    inverts: 'values',
  };
}

/** Powers are read from a table of this many steps, between which a line is taken. */
const STEPS = 4096;
/** The first steps are computed: near 0 the power may be too steep for a line. */
const COMPUTED_STEPS = 64;

/**
 * @param measured the range that is bent, by default the volume's own; intensities outside stay as they are
 * @param computed how many of the steps are computed, not read from a table
 */
function bend(
  volume: Volume,
  measured: readonly [number, number] | undefined,
  gamma: number,
  computed: number,
): Volume {
  if (volume.kind === 'label') return volume;
  const input = toFastArray(volume.data);
  const data = new Float32Array(input);
  const [low, high] = measured ?? rangeOf(volume);
  if (gamma === 1 || !(high > low)) return { ...volume, data };
  const { floor, pow } = Math;
  const table = Float64Array.from({ length: STEPS + 2 }, (_, n) => pow(n / STEPS, gamma));
  const toStep = STEPS / (high - low);
  for (let n = 0; n < data.length; n++) {
    const place = (input[n]! - low) * toStep;
    if (place < 0 || place > STEPS) continue;
    const step = floor(place);
    const power =
      step < computed
        ? pow(place / STEPS, gamma)
        : table[step]! + (place - step) * (table[step + 1]! - table[step]!);
    data[n] = power * (high - low) + low;
  }
  return { ...volume, data };
}
