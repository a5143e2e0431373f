import type { Volume } from '@lungseg/core';
import { toFastArray } from './voxel-arrays.js';

/** The labels of a label map, all but 0, in ascending order. */
export function labelsOf(volume: Volume): number[] {
  const data = toFastArray(volume.data);
  const found = new Set<number>();
  let last = 0;
  for (let n = 0; n < data.length; n++) {
    const value = data[n]!;
    if (value === last) continue;
    last = value;
    found.add(value);
  }
  found.delete(0);
  return [...found].sort((a, b) => a - b);
}
