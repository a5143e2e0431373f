import { InvalidArgumentError, sameGrid, type Volume } from '@lungseg/core';
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

/** Options of {@link growThroughAir}. */
export interface GrowThroughAirOptions {
  /** Voxels below this are aerated, in HU; -500 by default. */
  readonly air?: number;
  /**
   * Radius of the ball, in mm, that must fit into the grown mask wherever it grew, so that it follows lung and no bronchi;
   * 3 by default. It takes in voxels that share a face with its middle, however large they are; 0 takes whatever is thin.
   */
  readonly radius?: number;
}

// What is known of a voxel, as bits of a byte.
const MASK = 1;
/** Possible, aerated and not in the mask. */
const CANDIDATE = 2;
/** A candidate that hangs together with the mask. */
const REACHED = 4;
/** Beyond the image's end, where nobody knows. */
const BEYOND = 8;
/** The ball fits around it. */
const FITS = 16;
/** It does not. */
const TIGHT = 32;
/** Reached, and in a ball that fits. */
const THICK = 64;
/** Added to the mask. */
const ADDED = 128;

/**
 * Grows a mask of the lungs where the network was in doubt and the CT is not: through aerated voxels that are possibly lung
 * and hang together with the mask, by faces, through others of their kind, without a wall between. It grows only where a ball
 * fits into mask and growth together (their opening), so that bronchi which leave a lung are not followed. For emphysema,
 * whose voxels hold little but gas, and lung at a scan's end. What lies beyond the image's end leaves room for the ball.
 *
 * @param mask label map; labels over 0 are lung
 * @param possible label map on the same grid; labels over 0 are what may become lung, for instance where a network's
 *   probability is over 0.05
 * @param image the CT in HU, on the same grid; voxels of any type
 * @param options what is air, and how thick lung is
 * @returns the same grid, 1 in the lungs
 * @throws InvalidArgumentError when `mask` or `possible` is no label map or the image is one, when their grids differ, when
 *   `radius` is negative or not finite, or `air` is not a number
 * @see Canny 1986, doi:10.1109/TPAMI.1986.4767851, for hysteresis: a low threshold counts where a high one is met nearby;
 *   Serra 1982, Image Analysis and Mathematical Morphology, for opening
 * @example
 * const lung = transformVolume(threshold({ level: 0.5 }), probability);
 * const possible = transformVolume(threshold({ level: 0.05 }), probability);
 * const lungs = growThroughAir(lung, possible, ct);
 */
export function growThroughAir(
  mask: Volume,
  possible: Volume,
  image: Volume,
  options: GrowThroughAirOptions = {},
): Volume<Uint8Array> {
  const { air = -500, radius = 3 } = options;
  checkMaskAndImage('growThroughAir', mask, image);
  checkPossible(mask, possible);
  checkOptions(air, radius);
  const data = new Uint8Array(mask.data.length);
  const box = boundingBox(mask, 0);
  if (box !== undefined) {
    const field = fieldAround(mask.geometry, union(box, boundingBox(possible, 0) ?? box), radius);
    const candidates = classify(field, mask, possible, image, air);
    const reached = spread(field, candidates, CANDIDATE, REACHED);
    for (const n of reached) markThick(field, n);
    spread(field, reached, THICK, ADDED);
    forEachRow(field, mask.geometry.size, (from, to, length) => {
      for (let x = 0; x < length; x++) if ((field.states[from + x]! & (MASK | ADDED)) !== 0) data[to + x] = 1;
    });
  }
  return { data, geometry: mask.geometry, kind: 'label' };
}

function checkPossible(mask: Volume, possible: Volume): void {
  if (possible.kind !== 'label') {
    throw new InvalidArgumentError(
      'growThroughAir must have a label map of what is possible. Received intensities. Apply threshold first.',
    );
  }
  if (!sameGrid(mask.geometry, possible.geometry)) {
    throw new InvalidArgumentError(
      'The mask and what is possible must lie on the same grid. Resample one of them onto the grid of the other.',
    );
  }
}

function checkOptions(air: number, radius: number): void {
  if (!(radius >= 0 && Number.isFinite(radius))) {
    throw new InvalidArgumentError(`radius must be a number of mm, not negative. Received: ${radius}.`);
  }
  if (Number.isNaN(air)) throw new InvalidArgumentError(`air must be a number of HU. Received: ${air}.`);
}

type Box = readonly [low: readonly number[], high: readonly number[]];

function union(a: Box, b: Box): Box {
  return [a[0].map((n, axis) => Math.min(n, b[0][axis]!)), a[1].map((n, axis) => Math.max(n, b[1][axis]!))];
}

/** Marks the mask and the candidates; returns these. */
function classify(field: MaskField, mask: Volume, possible: Volume, image: Volume, air: number): Int32Array {
  const { states } = field;
  const labels = toFastArray(mask.data);
  const doubts = toFastArray(possible.data);
  const candidates = new GrowingInt32();
  const readRow = rowReader(field, image);
  states.fill(BEYOND);
  forEachRow(field, image.geometry.size, (to, from, length) => {
    states.fill(0, to, to + length);
    let row: Float64Array | undefined;
    for (let x = 0; x < length; x++) {
      if (labels[from + x]! > 0) {
        states[to + x] = MASK;
      } else if (doubts[from + x]! > 0) {
        row ??= readRow(from, length);
        if (row[x]! < air) {
          states[to + x] = CANDIDATE;
          candidates.push(to + x);
        }
      }
    }
  });
  return candidates.view();
}

/** Marks those of a kind that hang together with the mask, by faces, through others of their kind; returns them. */
function spread(field: MaskField, among: Int32Array, kind: number, mark: number): Int32Array {
  const { states, faces } = field;
  const seeds = among.filter((n) => meets(states, n, faces, MASK));
  return flood(field, seeds, (n) => {
    if ((states[n]! & (kind | mark)) !== kind) return false;
    states[n]! |= mark;
    return true;
  });
}

/** Marks a voxel that lies in a ball that fits, and all that this ball has reached. */
function markThick(field: MaskField, n: number): void {
  const { states, ball } = field;
  if ((states[n]! & THICK) !== 0) return;
  const centre = middleOf(field, n);
  if (centre === undefined) return;
  states[n]! |= THICK;
  for (let i = 0; i < ball.length; i++) {
    const other = centre + ball[i]!;
    if ((states[other]! & REACHED) !== 0) states[other]! |= THICK;
  }
}

/** The middle of a ball that fits and has a voxel, the nearest one; undefined where none fits. */
function middleOf(field: MaskField, n: number): number | undefined {
  const { ball } = field;
  if (fits(field, n)) return n;
  for (let i = 0; i < ball.length; i++) if (fits(field, n + ball[i]!)) return n + ball[i]!;
  return undefined;
}

/** Whether all of the ball around a voxel is in the mask, reached or beyond the image; remembered. */
function fits({ states, ball }: MaskField, n: number): boolean {
  const state = states[n]!;
  if ((state & (MASK | REACHED)) === 0 || (state & TIGHT) !== 0) return false;
  if ((state & FITS) !== 0) return true;
  for (let i = 0; i < ball.length; i++) {
    if ((states[n + ball[i]!]! & (MASK | REACHED | BEYOND)) === 0) {
      states[n]! |= TIGHT;
      return false;
    }
  }
  states[n]! |= FITS;
  return true;
}
