import { InvalidArgumentError, sameGrid, type Vec3, type Volume } from '@lungseg/core';
import { boundingBox } from './crop-to-foreground.js';
import { GrowingInt32 } from './growing-array.js';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link refineBoundary}. */
export interface RefineBoundaryOptions {
  /**
   * How far the boundary may move, in mm, between the centres of voxels; 3 by default, the spacing across slices of the
   * grid that the shipped models work on, by up to a voxel of which a mask restored from it misses the edge.
   */
  readonly within?: number;
  /** Voxels below this are aerated, in HU; -400 by default, halfway between lung (-850) and soft tissue (50). */
  readonly air?: number;
  /** Voxels above this are tissue, in HU; -200 by default, so that what is neither stays as it is. */
  readonly tissue?: number;
}

// What is known of a voxel, as bits of a byte. None of them is set beyond the image's edge, which so is neither.
const MASK = 1;
const OUTSIDE = 2;
/** Outside, and aerated. */
const DARK = 4;
/** In the mask, and tissue. */
const DENSE = 8;
/** No farther than `within` from the other side. */
const NEAR = 16;
/** Farther. */
const FAR = 32;
/** To be removed. */
const REMOVED = 64;

/**
 * Moves the boundary of a mask of the lungs to where the CT has it, by no more than a few mm. Aerated voxels that hang
 * together with the mask, by faces, through others of their kind are added; voxels of tissue that hang together so with the
 * outside are removed, but for those beside tissue that lies deeper in the mask, as consolidation and tumours do. Where
 * the image ends is no outside.
 *
 * @param mask label map; labels over 0 are lung
 * @param image the CT in HU, on the same grid; voxels of any type
 * @param options how far, and what is air and tissue
 * @returns the same grid, 1 in the lungs
 * @throws InvalidArgumentError when the mask is no label map or the image is one, when their grids differ, when `within`
 *   is negative or not finite, or `air` is not a number up to `tissue`
 * @example
 * const lungs = refineBoundary(mask, ct);
 */
export function refineBoundary(
  mask: Volume,
  image: Volume,
  options: RefineBoundaryOptions = {},
): Volume<Uint8Array> {
  const { within = 3, air = -400, tissue = -200 } = options;
  checkVolumes(mask, image);
  checkOptions(within, air, tissue);
  const data = new Uint8Array(mask.data.length);
  const box = boundingBox(mask, 0);
  if (box !== undefined) {
    const field = fieldAround(mask, box, within);
    classify(field, mask, image, air, tissue);
    const added = flood(field, DARK, MASK);
    const removed = flood(field, DENSE, OUTSIDE);
    // All are chosen by the mask as it was, so none may be changed before.
    for (const n of removed) if (!isBesideDepth(field, n)) field.states[n]! |= REMOVED;
    for (const n of added) field.states[n]! |= MASK;
    forEachRow(field, mask.geometry.size, (from, to, length) => {
      for (let x = 0; x < length; x++) {
        if ((field.states[from + x]! & (MASK | REMOVED)) === MASK) data[to + x] = 1;
      }
    });
  }
  return { data, geometry: mask.geometry, kind: 'label' };
}

function checkVolumes(mask: Volume, image: Volume): void {
  if (mask.kind !== 'label') {
    throw new InvalidArgumentError(
      'refineBoundary must have a label map as mask. Received intensities. Apply threshold first.',
    );
  }
  if (image.kind !== 'intensity') {
    throw new InvalidArgumentError('refineBoundary must have a CT in HU as image. Received a label map.');
  }
  if (sameGrid(mask.geometry, image.geometry)) return;
  const [a, b] = [mask, image].map(
    ({ geometry: { size, spacing } }) => `${size.join(' x ')} voxels of ${spacing.join(' x ')} mm`,
  );
  throw new InvalidArgumentError(
    `The mask and the image must lie on the same grid. Received: ${a} and ${b}. Resample the mask onto the image's grid.`,
  );
}

function checkOptions(within: number, air: number, tissue: number): void {
  if (!(within >= 0 && Number.isFinite(within))) {
    throw new InvalidArgumentError(`within must be a number of mm, not negative. Received: ${within}.`);
  }
  if (!(air <= tissue)) {
    throw new InvalidArgumentError(`air must be a HU up to tissue. Received: ${air} and ${tissue}.`);
  }
}

/** What is known of the voxels of a box, with a margin that makes looking around in it safe. */
interface Field {
  readonly states: Uint8Array;
  /** Of the box, with its margin. */
  readonly size: Vec3;
  /** The index in the image of the box's first voxel; negative where the margin reaches over the image's edge. */
  readonly start: Vec3;
  /** First index in the image of what lies within reach of the mask, and the one past the last. */
  readonly inside: readonly [low: Vec3, high: Vec3];
  /** From a voxel to all others within reach, the nearest first. */
  readonly ball: Int32Array;
  /** To the neighbours by faces. */
  readonly faces: Int32Array;
}

/** Of distances: spacings often are float32 that were rounded. */
const ROUNDING = 1e-6;

function fieldAround({ geometry }: Volume, [low, high]: [number[], number[]], within: number): Field {
  const largest = within * (1 + ROUNDING);
  const vec3 = (of: (axis: 0 | 1 | 2) => number): Vec3 => [of(0), of(1), of(2)];
  const ball = vec3((axis) => Math.min(Math.floor(largest / geometry.spacing[axis]), geometry.size[axis]));
  // Neighbours are looked at also where they are out of reach.
  const reach = vec3((axis) => Math.max(1, ball[axis]));
  // A step from within reach that leads over the end of a row or a column comes to another margin, where nothing is mask
  // nor, in its outermost voxel, anything at all. Across slices there is room for the step itself.
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
    ball: ballOffsets(ball, geometry.spacing, largest, steps),
    faces: Int32Array.from(steps.flatMap((step) => [step, -step])),
  };
}

function ballOffsets([rx, ry, rz]: Vec3, spacing: Vec3, largest: number, steps: Vec3): Int32Array {
  const found: { readonly offset: number; readonly mm: number }[] = [];
  for (let z = -rz; z <= rz; z++) {
    for (let y = -ry; y <= ry; y++) {
      for (let x = -rx; x <= rx; x++) {
        const mm = Math.hypot(x * spacing[0], y * spacing[1], z * spacing[2]);
        if (mm > 0 && mm <= largest) found.push({ offset: x * steps[0] + y * steps[1] + z * steps[2], mm });
      }
    }
  }
  found.sort((a, b) => a.mm - b.mm);
  return Int32Array.from(found, ({ offset }) => offset);
}

/** Calls back for each row within reach: where it starts in the field and in the image, and its length. */
function forEachRow(
  { size, start, inside: [low, high] }: Field,
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

function classify(field: Field, mask: Volume, image: Volume, air: number, tissue: number): void {
  const { states, inside } = field;
  const labels = toFastArray(mask.data);
  // A row at a time, as one type of numbers whatever the image's, which costs no copy of it.
  const row = new Float64Array(inside[1][0] - inside[0][0]);
  forEachRow(field, mask.geometry.size, (to, from, length) => {
    row.set(image.data.subarray(from, from + length));
    for (let x = 0; x < length; x++) {
      const hu = row[x]!;
      if (labels[from + x]! <= 0) states[to + x] = hu < air ? OUTSIDE | DARK : OUTSIDE;
      else states[to + x] = hu > tissue ? MASK | DENSE : MASK;
    }
  });
}

/** Voxels of a kind that are near the other side, and hang together with it through such voxels; all that it meets are marked near or far. */
function flood(field: Field, kind: number, side: number): Int32Array {
  const { states, faces } = field;
  const found = new GrowingInt32();
  const visit = (n: number): void => {
    if ((states[n]! & (kind | NEAR | FAR)) === kind && measure(field, n, side) === NEAR) found.push(n);
  };
  for (let n = 0; n < states.length; n++) {
    if ((states[n]! & kind) !== 0 && meets(states, n, faces, side)) visit(n);
  }
  for (let next = 0; next < found.length; next++) {
    const n = found.at(next);
    for (let face = 0; face < faces.length; face++) visit(n + faces[face]!);
  }
  return found.view();
}

/** Whether any of the voxels at these offsets from one has a bit. */
function meets(states: Uint8Array, n: number, offsets: Int32Array, bit: number): boolean {
  for (let i = 0; i < offsets.length; i++) if ((states[n + offsets[i]!]! & bit) !== 0) return true;
  return false;
}

/** Marks a voxel by whether it is near a side. */
function measure({ states, ball }: Field, n: number, side: number): number {
  const distance = meets(states, n, ball, side) ? NEAR : FAR;
  states[n]! |= distance;
  return distance;
}

/** Whether tissue that lies deeper in the mask than is near the outside lies near a voxel. */
function isBesideDepth(field: Field, n: number): boolean {
  const { states, ball } = field;
  for (let i = 0; i < ball.length; i++) {
    const other = n + ball[i]!;
    const state = states[other]!;
    if ((state & (DENSE | NEAR)) !== DENSE) continue;
    if ((state & FAR) !== 0 || measure(field, other, OUTSIDE) === FAR) return true;
  }
  return false;
}
