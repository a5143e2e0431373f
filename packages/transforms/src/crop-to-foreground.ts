import { InvalidArgumentError, type Sample, type Vec3, type Volume } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { assertMargin, regionTransform, type FillOptions, type RegionParams } from './crop-region.js';
import { toFastArray } from './voxel-arrays.js';
import type { SpatialTransform } from './spatial-transform.js';

/** Options of {@link cropToForeground}. */
export interface CropToForegroundOptions extends FillOptions {
  /** The volume of the sample that tells the foreground; the first one by default. */
  readonly key?: string;
  /** What is foreground: values over this one; 0 by default. For the body in a CT, give -500. */
  readonly above?: number;
  /** Voxels to keep around the foreground, for all axes or along i, j, k; 0 by default. It ends at the volume's edge. */
  readonly margin?: number | Vec3;
}

/**
 * Crops to the box around the foreground; all of the volume where there is none. The inverse puts the box back and
 * fills what was cut away.
 *
 * @param options what is foreground
 * @throws InvalidArgumentError when the margin is negative or not whole; by `sampleParams`, when the sample has no volume of that key
 * @see MONAI `CropForeground`
 * @example
 * cropToForeground({ key: 'image', above: -500, margin: 4, fill: -1024 });
 */
export function cropToForeground(options: CropToForegroundOptions = {}): SpatialTransform<RegionParams> {
  options = copyOf(options);
  const { key, above = 0, margin = 0, fill = 0 } = options;
  assertMargin(margin);
  return regionTransform('cropToForeground', { key, above, margin, fill }, (_rng, sample) => {
    const volume = volumeOf(sample, key);
    const from = volume.geometry.size;
    const [low, high] = boundingBox(volume, above) ?? [[0, 0, 0], from.map((n) => n - 1)];
    const around = (axis: number): number => (typeof margin === 'number' ? margin : margin[axis]!);
    const start = low.map((n, axis) => Math.max(0, n - around(axis))) as unknown as Vec3;
    const end = high.map((n, axis) => Math.min(from[axis]!, n + 1 + around(axis)));
    return { start, size: end.map((n, axis) => n - start[axis]!) as unknown as Vec3, from };
  });
}

/** The volume of a sample by its key, or its first one. */
export function volumeOf(sample: Sample, key?: string): Volume {
  const volume = key === undefined ? Object.values(sample)[0] : sample[key];
  if (volume === undefined) {
    const keys = Object.keys(sample).join(', ') || 'none';
    throw new InvalidArgumentError(`The sample must have a volume ${key ?? 'at all'}. Received: ${keys}.`);
  }
  return volume;
}

/** First and last index along i, j, k of the voxels over a value; undefined where there are none. */
export function boundingBox(volume: Volume, above: number): [number[], number[]] | undefined {
  const [nx, ny, nz] = volume.geometry.size;
  const data = toFastArray(volume.data);
  const low = [nx, ny, nz];
  const high = [-1, -1, -1];
  for (let z = 0, row = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++, row += nx) {
      let first = 0;
      while (first < nx && !(data[row + first]! > above)) first++;
      if (first === nx) continue;
      let last = nx - 1;
      while (!(data[row + last]! > above)) last--;
      low[0] = Math.min(low[0]!, first);
      high[0] = Math.max(high[0]!, last);
      low[1] = Math.min(low[1]!, y);
      high[1] = Math.max(high[1]!, y);
      low[2] = Math.min(low[2]!, z);
      high[2] = z;
    }
  }
  return high[2]! < 0 ? undefined : [low, high];
}
