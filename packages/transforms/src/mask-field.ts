import { InvalidArgumentError, sameGrid, type Geometry, type Vec3, type Volume } from '@lungseg/core';
import { GrowingInt32 } from './growing-array.js';

/** Refuses what is no mask and its CT on the same grid. */
export function checkMaskAndImage(name: string, mask: Volume, image: Volume): void {
  if (mask.kind !== 'label') {
    throw new InvalidArgumentError(
      `${name} must have a label map as mask. Received intensities. Apply threshold first.`,
    );
  }
  if (image.kind !== 'intensity') {
    throw new InvalidArgumentError(`${name} must have a CT in HU as image. Received a label map.`);
  }
  if (sameGrid(mask.geometry, image.geometry)) return;
  const [a, b] = [mask, image].map(
    ({ geometry: { size, spacing } }) => `${size.join(' x ')} voxels of ${spacing.join(' x ')} mm`,
  );
  throw new InvalidArgumentError(
    `The mask and the image must lie on the same grid. Received: ${a} and ${b}. Resample the mask onto the image's grid.`,
  );
}

/** What is known of the voxels of a box and around it, as bits of a byte, with a margin that makes looking around in it safe. */
export interface MaskField {
  readonly states: Uint8Array;
  /** Of the box, with its margin. */
  readonly size: Vec3;
  /** The index in the image of the box's first voxel; negative where the margin reaches over the image's edge. */
  readonly start: Vec3;
  /** First index in the image of what lies within reach of the box, and the one past the last. */
  readonly inside: readonly [low: Vec3, high: Vec3];
  /** From a voxel to all others within reach, the nearest first. */
  readonly ball: Int32Array;
  /** To the neighbours by faces. */
  readonly faces: Int32Array;
}

/** Of distances: spacings often are float32 that were rounded. */
const ROUNDING = 1e-6;

/**
 * Room for what is known of a box of a grid and of what is within reach around it; nothing is yet.
 *
 * @param geometry the grid
 * @param box its first and last index
 * @param within reach, in mm; a voxel that shares a face is within reach, too, but for 0
 */
export function fieldAround(
  geometry: Geometry,
  [low, high]: readonly [readonly number[], readonly number[]],
  within: number,
): MaskField {
  const largest = within * (1 + ROUNDING);
  const vec3 = (of: (axis: 0 | 1 | 2) => number): Vec3 => [of(0), of(1), of(2)];
  // Neighbours are looked at also where nothing is within reach.
  const reach = vec3((axis) =>
    Math.max(1, Math.min(Math.floor(largest / geometry.spacing[axis]), geometry.size[axis])),
  );
  // A step from the box stays in the field. One from within reach of it that leads over the end of a row or a column comes
  // to another margin, where nothing is mask, and what is said of voxels ends before the outermost one. Across slices
  // there is room for the step itself.
  const margin = vec3((axis) => (axis === 2 ? 2 : 1) * reach[axis] + 1);
  const start = vec3((axis) => low[axis]! - margin[axis]);
  const size = vec3((axis) => high[axis]! + 1 + margin[axis] - start[axis]);
  const steps: Vec3 = [1, size[0], size[0] * size[1]];
  return {
    states: new Uint8Array(size[0] * size[1] * size[2]),
    size,
    start,
    inside: [
      vec3((axis) => Math.max(0, low[axis]! - reach[axis])),
      vec3((axis) => Math.min(geometry.size[axis], high[axis]! + 1 + reach[axis])),
    ],
    ball: within > 0 ? ballOffsets(reach, geometry.spacing, largest, steps) : new Int32Array(),
    faces: Int32Array.from(steps.flatMap((step) => [step, -step])),
  };
}

function ballOffsets([rx, ry, rz]: Vec3, spacing: Vec3, largest: number, steps: Vec3): Int32Array {
  const found: { readonly offset: number; readonly mm: number }[] = [];
  for (let z = -rz; z <= rz; z++) {
    for (let y = -ry; y <= ry; y++) {
      for (let x = -rx; x <= rx; x++) {
        const mm = Math.hypot(x * spacing[0], y * spacing[1], z * spacing[2]);
        const voxels = Math.abs(x) + Math.abs(y) + Math.abs(z);
        if (voxels === 1 || (voxels > 1 && mm <= largest))
          found.push({ offset: x * steps[0] + y * steps[1] + z * steps[2], mm });
      }
    }
  }
  found.sort((a, b) => a.mm - b.mm);
  return Int32Array.from(found, ({ offset }) => offset);
}

/** Calls back for each row within reach: where it starts in the field and in the image, and its length. */
export function forEachRow(
  { size, start, inside: [low, high] }: MaskField,
  [nx, ny]: Vec3,
  act: (inField: number, inImage: number, length: number) => void,
): void {
  for (let z = low[2]; z < high[2]; z++) {
    for (let y = low[1]; y < high[1]; y++) {
      const inField = ((z - start[2]) * size[1] + y - start[1]) * size[0] + low[0] - start[0];
      act(inField, (z * ny + y) * nx + low[0], high[0] - low[0]);
    }
  }
}

/** Reads rows of an image, one at a time, as one type of numbers whatever the image's, which costs no copy of it. */
export function rowReader(
  { inside }: MaskField,
  image: Volume,
): (from: number, length: number) => Float64Array {
  const row = new Float64Array(inside[1][0] - inside[0][0]);
  return (from, length) => {
    row.set(image.data.subarray(from, from + length));
    return row;
  };
}

/**
 * Those of the seeds that enter, and what hangs together with them, by faces, through voxels that enter.
 *
 * @param enters says so of a voxel once, and no after that
 */
export function flood({ faces }: MaskField, seeds: Int32Array, enters: (n: number) => boolean): Int32Array {
  const found = new GrowingInt32();
  const visit = (n: number): void => {
    if (enters(n)) found.push(n);
  };
  for (const n of seeds) visit(n);
  for (let next = 0; next < found.length; next++) {
    const n = found.at(next);
    for (let face = 0; face < faces.length; face++) visit(n + faces[face]!);
  }
  return found.view();
}

/** Whether any of the voxels at these offsets from one has a bit. */
export function meets(states: Uint8Array, n: number, offsets: Int32Array, bit: number): boolean {
  for (let i = 0; i < offsets.length; i++) if ((states[n + offsets[i]!]! & bit) !== 0) return true;
  return false;
}
