import type { Vec3, Volume } from '@lungseg/core';
import { isForeground } from './foreground.js';

/** Two masks in the box around both, with one voxel of background on every side, so that neighbours always exist. */
export interface MaskPair {
  readonly prediction: Uint8Array;
  readonly reference: Uint8Array;
  readonly size: Vec3;
}

/**
 * Cuts two label maps of one grid to the box around a label in both. What lies outside of the image is background.
 *
 * @returns undefined where neither has the label
 */
export function cropToUnion(prediction: Volume, reference: Volume, label?: number): MaskPair | undefined {
  const box = unionBox(prediction, reference, label);
  if (box === undefined) return undefined;
  const { low, high } = box;
  const size: Vec3 = [high[0] - low[0] + 3, high[1] - low[1] + 3, high[2] - low[2] + 3];
  const cut = ({ data, geometry }: Volume): Uint8Array => {
    const [nx, ny] = geometry.size;
    const mask = new Uint8Array(size[0] * size[1] * size[2]);
    for (let z = low[2]; z <= high[2]; z++) {
      for (let y = low[1]; y <= high[1]; y++) {
        const from = (z * ny + y) * nx;
        let to = ((z - low[2] + 1) * size[1] + y - low[1] + 1) * size[0] + 1;
        for (let x = low[0]; x <= high[0]; x++) mask[to++] = isForeground(data[from + x]!, label) ? 1 : 0;
      }
    }
    return mask;
  };
  return { prediction: cut(prediction), reference: cut(reference), size };
}

function unionBox(
  { data: a, geometry }: Volume,
  { data: b }: Volume,
  label: number | undefined,
): { low: Vec3; high: Vec3 } | undefined {
  const [nx, ny, nz] = geometry.size;
  let [lowX, lowY, lowZ, highX, highY, highZ] = [nx, ny, nz, -1, -1, -1];
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = (z * ny + y) * nx;
      let first = 0;
      while (first < nx && !isForeground(a[row + first]!, label) && !isForeground(b[row + first]!, label))
        first++;
      if (first === nx) continue;
      let last = nx - 1;
      while (!isForeground(a[row + last]!, label) && !isForeground(b[row + last]!, label)) last--;
      if (first < lowX) lowX = first;
      if (last > highX) highX = last;
      if (y < lowY) lowY = y;
      if (y > highY) highY = y;
      if (z < lowZ) lowZ = z;
      highZ = z;
    }
  }
  return highZ < 0 ? undefined : { low: [lowX, lowY, lowZ], high: [highX, highY, highZ] };
}
