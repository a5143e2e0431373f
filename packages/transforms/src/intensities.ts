import type { Volume } from '@lungseg/core';
import { toFastArray } from './voxel-arrays.js';

/**
 * Intensities mapped one by one; labels stay as they are.
 *
 * @returns float32 voxels
 */
export function mapIntensities(volume: Volume, map: (value: number) => number): Volume {
  if (volume.kind === 'label') return volume;
  const input = toFastArray(volume.data);
  const data = new Float32Array(input.length);
  for (let n = 0; n < data.length; n++) data[n] = map(input[n]!);
  return { ...volume, data };
}
