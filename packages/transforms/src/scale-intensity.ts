import { InvalidArgumentError, type Transform } from '@lungseg/core';
import { mapLinearly, unmapLinearly } from './intensities.js';

/** Parameters of {@link scaleIntensity} and {@link randomScaleIntensity}. */
export type ScaleParams = { readonly factor: number };

/**
 * Multiplies intensities by `1 + factor`; labels stay as they are. The inverse divides, unless by 0.
 *
 * @param options `factor`: 0 changes nothing
 * @see MONAI `ScaleIntensity` with `factor`
 */
export function scaleIntensity(options: ScaleParams): Transform<ScaleParams> {
  const { factor } = options;
  return { name: 'scaleIntensity', options: { factor }, sampleParams: () => ({ factor }), ...scaling };
}

/**
 * Multiplies intensities by `1 + factor`, the factor drawn from [-maxFactor, maxFactor]; labels stay as they are. The
 * inverse divides, unless by 0.
 *
 * @param options `maxFactor`
 * @throws InvalidArgumentError when `maxFactor` is negative
 * @see MONAI `RandScaleIntensity`
 */
export function randomScaleIntensity(options: { readonly maxFactor: number }): Transform<ScaleParams> {
  const { maxFactor } = options;
  if (!(maxFactor >= 0)) {
    throw new InvalidArgumentError(`maxFactor must not be negative. Received: ${maxFactor}.`);
  }
  return {
    name: 'randomScaleIntensity',
    options: { maxFactor },
    sampleParams: (rng) => ({ factor: rng.uniform(-maxFactor, maxFactor) }),
    ...scaling,
  };
}

const scaling: Pick<Transform<ScaleParams>, 'apply' | 'invert' | 'inverts'> = {
  apply: (volume, { factor }) => mapLinearly(volume, { factor: 1 + factor, offset: 0 }),
  invert: (volume, { factor }) => unmapLinearly(volume, { factor: 1 + factor, offset: 0 }),
  inverts: 'values',
};
