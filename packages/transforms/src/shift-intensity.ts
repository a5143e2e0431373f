import { InvalidArgumentError, type Transform } from '@lungseg/core';
import { mapLinearly, unmapLinearly } from './intensities.js';

/** Parameters of {@link shiftIntensity} and {@link randomShiftIntensity}. */
export type ShiftParams = { readonly offset: number };

/**
 * Adds a number to intensities; labels stay as they are. The inverse takes it away.
 *
 * @param options `offset`, in the unit of the intensities
 * @see MONAI `ShiftIntensity`
 */
export function shiftIntensity(options: ShiftParams): Transform<ShiftParams> {
  const { offset } = options;
  return { name: 'shiftIntensity', options: { offset }, sampleParams: () => ({ offset }), ...shifting };
}

/**
 * Adds a number drawn from [-maxOffset, maxOffset] to intensities; labels stay as they are. The inverse takes it away.
 *
 * @param options `maxOffset`, in the unit of the intensities
 * @throws InvalidArgumentError when `maxOffset` is negative
 * @see MONAI `RandShiftIntensity`
 * @example
 * randomShiftIntensity({ maxOffset: 0.1 });
 */
export function randomShiftIntensity(options: { readonly maxOffset: number }): Transform<ShiftParams> {
  const { maxOffset } = options;
  if (!(maxOffset >= 0)) {
    throw new InvalidArgumentError(`maxOffset must not be negative. Received: ${maxOffset}.`);
  }
  return {
    name: 'randomShiftIntensity',
    options: { maxOffset },
    sampleParams: (rng) => ({ offset: rng.uniform(-maxOffset, maxOffset) }),
    ...shifting,
  };
}

const shifting: Pick<Transform<ShiftParams>, 'apply' | 'invert' | 'inverts'> = {
  apply: (volume, { offset }) => mapLinearly(volume, { factor: 1, offset }),
  invert: (volume, { offset }) => unmapLinearly(volume, { factor: 1, offset }),
  inverts: 'values',
};
