import { createVolume, type Vec3, type Volume } from '@lungseg/core';
import { SliceRegions, type SliceRegion } from './slice-regions.js';
import { toFastArray, type FastArray } from './voxel-arrays.js';

/** Options of {@link bodyMask}. */
export interface BodyMaskOptions {
  /** HU over which a voxel is taken for tissue; -500 by default. */
  readonly tissueHu?: number;
  /** Tissue as thin as this between the outside and a region doesn't count as a wall, in mm: the shell of a couch; 5 by default. */
  readonly shellMm?: number;
  /**
   * Where nothing else tells whether a region at the edge of a slice is outside of the body: its mean is below this, in
   * HU; -940 by default. Lungs that are cut by the field of view reach the edge, too, but are denser than air.
   */
  readonly airHu?: number;
}

/**
 * The body in a CT, its cavities included: everything but the air, and the foam of couch and cushions, around it.
 *
 * What is not tissue falls, in each axial slice, into regions. One that reaches a corner of the slice is outside. One that
 * doesn't reach its edge, and that more than a shell keeps apart from the outside, is inside. Others, such as a lung that
 * the field of view cuts or the foam in a couch, go with the regions over and under them that they share voxels with;
 * where those don't tell, the mean decides. Where an image is padded around the scanner's circle, the padding is outside, and a region that reaches it
 * counts as at the edge.
 *
 * @param volume a CT in HU, k along the body
 * @param options the thresholds
 * @returns a label volume, 1 in the body
 * @example
 * const inside = bodyMask(reorient(ct, 'RAS'));
 */
export function bodyMask(volume: Volume, options: BodyMaskOptions = {}): Volume<Uint8Array> {
  const { tissueHu = -500, airHu = -940, shellMm = 5 } = options;
  const { size, spacing } = volume.geometry;
  const values = toFastArray(volume.data);
  const padding = isPaddedCircle(values, size) ? values[0]! : NaN;
  const regions = new SliceRegions(values, size, tissueHu, padding);
  const body = new Uint8Array(values.length).fill(1);
  for (let n = 0; n < body.length; n++) if (values[n] === padding) body[n] = 0;
  const reach = [shellMm / 2 / spacing[0], shellMm / 2 / spacing[1]].map(Math.round) as [number, number];
  const walls = thickTissue(values, size, tissueHu, reach);
  const beyondShells = new Uint8Array(values.length);
  new SliceRegions(walls, size, 0, NaN).fillCorners(beyondShells, 1);
  const outside = outsideRegions(regions.find(), (region) => beyondShells[region.start] === 1, airHu);
  for (const region of outside) regions.fill(region, body, 0);
  return createVolume(body, volume.geometry, 'label');
}

/** Overlaps that are a smaller share of a region than this say nothing of it. */
const TELLING_SHARE = 0.25;

/** Those of the regions that lie outside of the body. */
function outsideRegions(
  regions: readonly SliceRegion[],
  isNearOutside: (region: SliceRegion) => boolean,
  airHu: number,
): SliceRegion[] {
  const isOutside = new Map<SliceRegion, boolean>();
  for (const region of regions) {
    if (region.touchesCorner) isOutside.set(region, true);
    else if (!region.touchesEdge && !isNearOutside(region)) isOutside.set(region, false);
  }
  let open = regions.filter((region) => !isOutside.has(region));
  for (;;) {
    // All of one round look at what the rounds before decided, so that their order doesn't matter.
    const votes = open.map((region) => ({ region, vote: voteOf(region, isOutside) }));
    const decided = votes.filter(({ region, vote }) => Math.abs(vote) >= TELLING_SHARE * region.size);
    if (decided.length === 0) break;
    for (const { region, vote } of decided) isOutside.set(region, vote > 0);
    open = open.filter((region) => !isOutside.has(region));
  }
  for (const region of open) isOutside.set(region, region.mean < airHu);
  return regions.filter((region) => isOutside.get(region));
}

/** Shared voxels with regions outside, less those with regions inside. */
function voteOf(region: SliceRegion, isOutside: ReadonlyMap<SliceRegion, boolean>): number {
  let vote = 0;
  for (const [other, shared] of region.overlaps) {
    const outside = isOutside.get(other);
    if (outside !== undefined) vote += outside ? shared : -shared;
  }
  return vote;
}

/** 1 where a box around a voxel, within its slice, holds nothing but tissue; else 0. */
function thickTissue(
  values: FastArray,
  [nx, ny, nz]: Vec3,
  tissueHu: number,
  [rx, ry]: readonly [number, number],
): Uint8Array {
  const walls = new Uint8Array(values.length);
  // How many voxels in a row, up to here, are tissue: along x, and per column of rows that were thick along x. The
  // slice's edge counts as tissue, so that it makes no wall thinner.
  const below = new Int32Array(nx);
  for (let z = 0; z < nz; z++) {
    below.fill(ny);
    for (let y = 0; y < ny + ry; y++) {
      const row = (z * ny + y) * nx;
      let along = nx;
      for (let x = 0; x < nx + rx; x++) {
        along = y >= ny || x >= nx || values[row + x]! > tissueHu ? along + 1 : 0;
        const middle = x - rx;
        if (middle < 0) continue;
        below[middle] = along > 2 * rx ? below[middle]! + 1 : 0;
        if (y >= ry && below[middle] > 2 * ry) walls[row - ry * nx + middle] = 1;
      }
    }
  }
  return walls;
}

/** Whether the slices hold one value in their corners and, outside the ellipse between, almost nothing else; and inside hardly any of it. */
function isPaddedCircle(values: FastArray, [nx, ny, nz]: Vec3): boolean {
  const padding = values[0]!;
  let [outer, outerPadding, inner, innerPadding] = [0, 0, 0, 0];
  const step = 3;
  for (let y = 0; y < ny; y += step) {
    for (let x = 0; x < nx; x += step) {
      const radius = Math.hypot((2 * x + 1) / nx - 1, (2 * y + 1) / ny - 1);
      if (radius > 0.95 && radius < 1.05) continue;
      for (let z = 0; z < nz; z += step) {
        const isPadding = values[(z * ny + y) * nx + x] === padding ? 1 : 0;
        if (radius > 1) {
          outer++;
          outerPadding += isPadding;
        } else {
          inner++;
          innerPadding += isPadding;
        }
      }
    }
  }
  return outerPadding > 0.99 * outer && innerPadding < 0.02 * inner;
}
