import { InvalidArgumentError, type Volume } from '@lungseg/core';
import { toFastArray } from './voxel-arrays.js';

/** A line `factor · value + offset`, and the range to which the result is clipped. */
export interface Line {
  readonly factor: number;
  readonly offset: number;
  readonly low?: number;
  readonly high?: number;
}

/**
 * Intensities along a line; labels stay as they are. One loop for all that are linear, so that the engine keeps it
 * fast, which it doesn't with a callback for each voxel.
 *
 * @returns float32 voxels
 */
export function mapLinearly(volume: Volume, line: Line): Volume {
  if (volume.kind === 'label') return volume;
  const { factor, offset, low = -Infinity, high = Infinity } = line;
  const input = toFastArray(volume.data);
  const data = new Float32Array(input.length);
  if (low === -Infinity && high === Infinity) {
    for (let n = 0; n < data.length; n++) data[n] = factor * input[n]! + offset;
  } else {
    for (let n = 0; n < data.length; n++) {
      const value = factor * input[n]! + offset;
      data[n] = value < low ? low : value > high ? high : value;
    }
  }
  return { ...volume, data };
}

/**
 * Undoes {@link mapLinearly} along a line that doesn't clip.
 *
 * @throws InvalidArgumentError when the line is level
 */
export function unmapLinearly(volume: Volume, { factor, offset }: Line): Volume {
  if (factor === 0) {
    throw new InvalidArgumentError(
      'The inverse must have intensities that were multiplied by another number than 0. Received: 0. They are lost.',
    );
  }
  return mapLinearly(volume, { factor: 1 / factor, offset: -offset / factor });
}

/** The least and the greatest intensity. */
export function rangeOf(volume: Volume): readonly [number, number] {
  const data = toFastArray(volume.data);
  let low = Infinity;
  let high = -Infinity;
  for (let n = 0; n < data.length; n++) {
    const value = data[n]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Mean and standard deviation of the intensities over a level; all of them by default. */
export function meanAndDeviation(volume: Volume, above = -Infinity): { mean: number; deviation: number } {
  const data = toFastArray(volume.data);
  let [count, sum] = [0, 0];
  for (let n = 0; n < data.length; n++) {
    const value = data[n]!;
    if (!(value > above)) continue;
    count++;
    sum += value;
  }
  if (count === 0) return { mean: 0, deviation: 0 };
  const mean = sum / count;
  let squares = 0;
  for (let n = 0; n < data.length; n++) {
    const value = data[n]!;
    if (value > above) squares += (value - mean) * (value - mean);
  }
  return { mean, deviation: Math.sqrt(squares / count) };
}
