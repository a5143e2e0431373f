import { InvalidArgumentError, toJson, type Transform, type Volume } from '@lungseg/core';
import { endsOf, type Amount } from './amount.js';
import { rangeOf } from './intensities.js';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link adjustGamma}. */
export interface AdjustGammaOptions {
  /** The natural logarithm of gamma; a range to draw it from, or one number. 0 changes nothing. */
  readonly logGamma: Amount;
}

/** Parameters of {@link adjustGamma}. */
export type AdjustGammaParams = { readonly logGamma: number };

/**
 * Bends intensities between the least and the greatest of the volume: `((v - low) / (high - low)) ^ gamma · (high - low) +
 * low`, with gamma = exp(logGamma), so that as much is brightened as darkened by a range about 0. Labels stay as they are.
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
    sampleParams: (rng) => ({ logGamma: low === high ? low : rng.uniform(low, high) }),
    apply: (volume, { logGamma }) => bend(volume, Math.exp(logGamma)),
  };
}

/** Powers are read from a table of this many steps, between which a line is taken; the first step is computed. */
const STEPS = 4096;

function bend(volume: Volume, gamma: number): Volume {
  if (volume.kind === 'label') return volume;
  const input = toFastArray(volume.data);
  const data = new Float32Array(input);
  const [low, high] = rangeOf(volume);
  const range = high - low;
  if (gamma === 1 || !(range > 0)) return { ...volume, data };
  const { floor, pow } = Math;
  const table = Float64Array.from({ length: STEPS + 2 }, (_, n) => pow(n / STEPS, gamma));
  const toStep = STEPS / range;
  for (let n = 0; n < data.length; n++) {
    const place = (input[n]! - low) * toStep;
    const step = floor(place);
    // Near 0 the power may be too steep for a line.
    const power =
      step < 64
        ? pow(place / STEPS, gamma)
        : table[step]! + (place - step) * (table[step + 1]! - table[step]!);
    data[n] = power * range + low;
  }
  return { ...volume, data };
}
