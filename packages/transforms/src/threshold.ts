import { InvalidArgumentError, type Transform } from '@lungseg/core';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link threshold}. */
export interface ThresholdOptions {
  /** Voxels of this value and over become 1, others 0. */
  readonly level: number;
}

/**
 * Makes a label map of an intensity volume: 1 from a level on, else 0. Labels stay as they are. There is no inverse.
 *
 * @param options the level
 * @returns uint8 labels
 * @throws InvalidArgumentError when the level is not a finite number
 * @see MONAI `AsDiscrete(threshold=...)`
 * @example
 * threshold({ level: 0.5 });
 */
export function threshold(options: ThresholdOptions): Transform<null> {
  const { level } = options;
  if (!Number.isFinite(level))
    throw new InvalidArgumentError(`level must be a finite number. Received: ${level}.`);
  return {
    name: 'threshold',
    options: { level },
    sampleParams: () => null,
    apply: (volume) => {
      if (volume.kind === 'label') return volume;
      const input = toFastArray(volume.data);
      const data = new Uint8Array(input.length);
      for (let n = 0; n < data.length; n++) data[n] = input[n]! >= level ? 1 : 0;
      return { ...volume, data, kind: 'label' };
    },
  };
}
