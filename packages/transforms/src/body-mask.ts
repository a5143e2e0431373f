import { createVolume, type Volume } from '@lungseg/core';
import { toFastArray, type FastArray } from './voxel-arrays.js';

/** Options of {@link bodyMask}. */
export interface BodyMaskOptions {
  /** HU over which a voxel is taken for tissue; -500 by default. */
  readonly tissueHu?: number;
  /**
   * A region that reaches the edge of a slice is outside of the body where its mean is below this, in HU; -940 by
   * default. Lungs that are cut by the field of view reach the edge, too, but are denser than air.
   */
  readonly airHu?: number;
}

/**
 * The body in a CT, its cavities included: everything but the air that reaches the edge of its axial slice.
 *
 * Each slice along k is taken on its own, so the volume should be oriented with k along the body. What is not tissue is
 * followed from the slice's edge; each such region counts as outside only where its mean is that of air, so that a lung
 * cut by the field of view stays inside.
 *
 * @param volume a CT in HU, k along the body
 * @param options the two thresholds
 * @returns a label volume, 1 in the body
 * @example
 * const inside = bodyMask(reorient(ct, 'RAS'));
 */
export function bodyMask(volume: Volume, options: BodyMaskOptions = {}): Volume<Uint8Array> {
  const { tissueHu = -500, airHu = -940 } = options;
  const [nx, ny, nz] = volume.geometry.size;
  const values = toFastArray(volume.data);
  const body = new Uint8Array(values.length).fill(1);
  const queue = new Int32Array(nx * ny);
  for (let z = 0; z < nz; z++) {
    const slice = { values, body, first: z * nx * ny, nx, ny, tissueHu };
    for (const start of edgeOf(nx, ny)) clearOutside(slice, start, queue, airHu);
    for (let n = 0, i = slice.first; n < nx * ny; n++, i++) if (body[i] === SEEN) body[i] = 1;
  }
  return createVolume(body, volume.geometry, 'label');
}

/** Marks voxels of an edge region that turned out to be inside, until their slice is done. */
const SEEN = 2;

interface Slice {
  readonly values: FastArray;
  readonly body: Uint8Array;
  /** Index of its first voxel. */
  readonly first: number;
  readonly nx: number;
  readonly ny: number;
  readonly tissueHu: number;
}

/** Follows the region of `start` that is not tissue, and clears it where its mean is that of air. */
function clearOutside(slice: Slice, start: number, queue: Int32Array, airHu: number): void {
  const { values, body, first, nx, ny, tissueHu } = slice;
  let length = 0;
  const visit = (n: number): void => {
    if (body[first + n] !== 1 || values[first + n]! > tissueHu) return;
    body[first + n] = SEEN;
    queue[length++] = n;
  };
  visit(start);
  let sum = 0;
  for (let head = 0; head < length; head++) {
    const n = queue[head]!;
    const x = n % nx;
    sum += values[first + n]!;
    if (x > 0) visit(n - 1);
    if (x < nx - 1) visit(n + 1);
    if (n >= nx) visit(n - nx);
    if (n < nx * (ny - 1)) visit(n + nx);
  }
  if (length === 0 || sum / length >= airHu) return;
  for (let i = 0; i < length; i++) body[first + queue[i]!] = 0;
}

/** The voxels along the edge of a slice. */
function* edgeOf(nx: number, ny: number): Generator<number> {
  for (let x = 0; x < nx; x++) {
    yield x;
    yield (ny - 1) * nx + x;
  }
  for (let y = 0; y < ny; y++) {
    yield y * nx;
    yield y * nx + nx - 1;
  }
}
