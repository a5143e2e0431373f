import { InvalidArgumentError, toJson, type Transform } from '@lungseg/core';
import { mapLinearly, unmapLinearly } from './intensities.js';

/** Options of {@link scaleIntensityRange}. */
export interface ScaleIntensityRangeOptions {
  /** The range before, in HU for a CT. */
  readonly from: readonly [number, number];
  /** The range after; [0, 1] by default. */
  readonly to?: readonly [number, number];
  /** Whether values outside the range go to its ends; true by default. */
  readonly clip?: boolean;
}

/**
 * Maps one range of values onto another, linearly: `(v - from0) / (from1 - from0) · (to1 - to0) + to0`. Labels stay as
 * they are. There is an inverse where nothing is clipped.
 *
 * @param options the two ranges
 * @throws InvalidArgumentError when the range before is empty
 * @see MONAI `ScaleIntensityRange`, whose `clip` is false by default
 * @example
 * scaleIntensityRange({ from: [-1500, 500] });
 */
export function scaleIntensityRange(options: ScaleIntensityRangeOptions): Transform<null> {
  const { from, to = [0, 1], clip = true } = options;
  if (!(Number.isFinite(from[0]) && Number.isFinite(from[1]) && from[1] > from[0])) {
    throw new InvalidArgumentError(
      `from must be two finite numbers, the smaller first. Received: ${String(from)}.`,
    );
  }
  const factor = (to[1] - to[0]) / (from[1] - from[0]);
  const low = Math.min(to[0], to[1]);
  const high = Math.max(to[0], to[1]);
  const line = { factor, offset: to[0] - from[0] * factor, ...(clip ? { low, high } : {}) };
  return {
    name: 'scaleIntensityRange',
    options: toJson({ from, to, clip }),
    sampleParams: () => null,
    apply: (volume) => mapLinearly(volume, line),
    ...(clip || factor === 0
      ? {}
      : { invert: (volume) => unmapLinearly(volume, line), inverts: 'values' as const }),
  };
}
