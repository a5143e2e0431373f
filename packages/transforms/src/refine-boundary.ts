import { InvalidArgumentError, type Volume } from '@lungseg/core';
import { boundingBox } from './crop-to-foreground.js';
import { GrowingInt32 } from './growing-array.js';
import {
  checkMaskAndImage,
  fieldAround,
  flood,
  forEachRow,
  meets,
  rowReader,
  type MaskField,
} from './mask-field.js';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link refineBoundary}. */
export interface RefineBoundaryOptions {
  /**
   * How far the boundary may move, in mm, between the centres of voxels; 3 by default, the spacing across slices of the
   * grid that the shipped models work on, by up to a voxel of which a mask restored from it misses the edge. A voxel
   * that shares a face is within reach however large voxels are; 0 leaves the boundary where it is.
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
 * Moves the boundary of a mask of the lungs to where the CT has it, by no more than a few mm or one voxel. Aerated voxels that hang
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
  checkMaskAndImage('refineBoundary', mask, image);
  checkOptions(within, air, tissue);
  const data = new Uint8Array(mask.data.length);
  const box = boundingBox(mask, 0);
  if (box !== undefined) {
    const field = fieldAround(mask.geometry, box, within);
    classify(field, mask, image, air, tissue);
    const added = shellOf(field, DARK, MASK);
    const removed = shellOf(field, DENSE, OUTSIDE);
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

function checkOptions(within: number, air: number, tissue: number): void {
  if (!(within >= 0 && Number.isFinite(within))) {
    throw new InvalidArgumentError(`within must be a number of mm, not negative. Received: ${within}.`);
  }
  if (!(air <= tissue)) {
    throw new InvalidArgumentError(`air must be a HU up to tissue. Received: ${air} and ${tissue}.`);
  }
}

function classify(field: MaskField, mask: Volume, image: Volume, air: number, tissue: number): void {
  const { states } = field;
  const labels = toFastArray(mask.data);
  const readRow = rowReader(field, image);
  forEachRow(field, mask.geometry.size, (to, from, length) => {
    const row = readRow(from, length);
    for (let x = 0; x < length; x++) {
      const hu = row[x]!;
      if (labels[from + x]! <= 0) states[to + x] = hu < air ? OUTSIDE | DARK : OUTSIDE;
      else states[to + x] = hu > tissue ? MASK | DENSE : MASK;
    }
  });
}

/** Voxels of a kind that are near the other side, and hang together with it through such voxels; all that it meets are marked near or far. */
function shellOf(field: MaskField, kind: number, side: number): Int32Array {
  const { states, faces } = field;
  const seeds = new GrowingInt32();
  for (let n = 0; n < states.length; n++) {
    if ((states[n]! & kind) !== 0 && meets(states, n, faces, side)) seeds.push(n);
  }
  return flood(
    field,
    seeds.view(),
    (n) => (states[n]! & (kind | NEAR | FAR)) === kind && measure(field, n, side) === NEAR,
  );
}

/** Marks a voxel by whether it is near a side. */
function measure({ states, ball }: MaskField, n: number, side: number): number {
  const distance = meets(states, n, ball, side) ? NEAR : FAR;
  states[n]! |= distance;
  return distance;
}

/** Whether tissue that lies deeper in the mask than is near the outside lies near a voxel. */
function isBesideDepth(field: MaskField, n: number): boolean {
  const { states, ball } = field;
  for (let i = 0; i < ball.length; i++) {
    const other = n + ball[i]!;
    const state = states[other]!;
    if ((state & (DENSE | NEAR)) !== DENSE) continue;
    if ((state & FAR) !== 0 || measure(field, other, OUTSIDE) === FAR) return true;
  }
  return false;
}
