import {
  axisCodes,
  indexToWorld,
  InvalidArgumentError,
  worldToIndex,
  type Vec3,
  type Volume,
} from '@lungseg/core';
import { connectRuns, type ConnectedRuns } from './connected-runs.js';
import { boundingBox } from './crop-to-foreground.js';
import { cutComponent } from './lung-cut.js';
import { sideByConcavity } from './medial-side.js';
import { reorient } from './orientation.js';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link splitLeftRight}. */
export interface SplitLeftRightOptions {
  /**
   * LPS x of the body's middle, in mm, for telling the side where there is one lung only and its shape does not; the
   * middle of the image by default.
   */
  readonly midlineX?: number;
}

/** Components smaller than this fraction of the mask go with the larger ones. */
const SIGNIFICANT_FRACTION = 0.05;
/** Each of two groups of components must have this fraction of the mask to be taken for a lung. */
const LUNG_FRACTION = 0.08;

/**
 * Tells the right from the left lung in a mask of both, by where they lie in the patient. Components that lie apart
 * are sorted by side. One that holds both lungs, as where they touch at the anterior junction line, is cut in each
 * slice along the line from front to back that crosses the fewest voxels. One lung alone, as where the scan covers no
 * more, is told by its hollow, which faces the mediastinum.
 *
 * @param mask label map; all labels but 0 are lung
 * @param options where the body's middle is, for a single lung without a hollow
 * @returns the same grid; 1 right lung, 2 left lung, by the patient's sides and not the image's
 * @throws InvalidArgumentError when the volume is not a label map
 * @example
 * const lungs = splitLeftRight(mask);
 */
export function splitLeftRight(mask: Volume, options: SplitLeftRightOptions = {}): Volume<Uint8Array> {
  if (mask.kind !== 'label') {
    throw new InvalidArgumentError(
      'splitLeftRight must have a label map. Received intensities. Apply threshold first.',
    );
  }
  // In LPS, x rises from the patient's right to the left.
  const lps = reorient({ ...mask, data: toBinary(mask) }, 'LPS');
  const sides = sideBySide(lps, midlineIndex(lps, options.midlineX));
  return reorient(sides, axisCodes(mask.geometry));
}

/** The index along x of the body's middle, or of the image's where that is not given. */
function midlineIndex(mask: Volume, midlineX: number | undefined): number {
  const box = midlineX === undefined ? undefined : boundingBox(mask, 0);
  if (midlineX === undefined || box === undefined) return (mask.geometry.size[0] - 1) / 2;
  const [low, high] = box;
  // Where the grid lies askew, it depends on y and z, for which the middle of the mask stands.
  const middle = low.map((n, axis) => (n + high[axis]!) / 2) as unknown as Vec3;
  const [, y, z] = indexToWorld(mask.geometry, middle);
  return worldToIndex(mask.geometry, [midlineX, y, z])[0];
}

function toBinary(mask: Volume): Uint8Array {
  const labels = toFastArray(mask.data);
  const binary = new Uint8Array(labels.length);
  for (let n = 0; n < binary.length; n++) binary[n] = labels[n] === 0 ? 0 : 1;
  return binary;
}

/** A part of the mask on its way to a side: a component, or what a cut has made of one. */
interface Part {
  readonly component: number;
  readonly voxels: number;
  /** Mean index along x. */
  readonly x: number;
  /** Which side of the component's cut; undefined where the component is whole. */
  readonly side?: 1 | 2;
}

function sideBySide(mask: Volume<Uint8Array>, midline: number): Volume<Uint8Array> {
  const { size } = mask.geometry;
  const runs = connectRuns(mask.data, size, 6, 'same-label');
  const total = runs.sizes.reduce((a, b) => a + b, 0);
  if (total === 0) return mask;
  const centres = meanXs(runs, size[0]);
  const significant = [...runs.sizes.keys()].filter((n) => runs.sizes[n]! >= SIGNIFICANT_FRACTION * total);
  const extent = extentX(runs, new Set(significant), size[0]);
  const cuts = new Map(
    significant.flatMap((component) => {
      const cut = cutComponent(runs, component, mask.geometry, extent);
      return cut === undefined ? [] : [[component, cut] as const];
    }),
  );
  const parts = [...runs.sizes.keys()].flatMap((component): Part[] => {
    const cut = cuts.get(component);
    return cut === undefined
      ? [{ component, voxels: runs.sizes[component]!, x: centres[component]! }]
      : [
          { component, side: 1, ...cut.right },
          { component, side: 2, ...cut.left },
        ];
  });
  const border = splitParts(parts, total);
  const single = border === undefined ? sideByConcavity(runs, size) : undefined;
  const data = new Uint8Array(mask.data.length);
  const sideOf = Uint8Array.from(centres, (x) => single ?? (x < (border ?? midline) ? 1 : 2));
  runs.starts.forEach((start, run) => {
    const component = runs.components[run]!;
    const cut = cuts.get(component);
    const end = runs.ends[run]!;
    if (cut === undefined) {
      data.fill(sideOf[component]!, start, end);
      return;
    }
    const row = Math.floor(start / size[0]);
    const seam = Math.min(Math.max(row * size[0] + cut.seam[row]!, start), end);
    data.fill(1, start, seam);
    data.fill(2, seam, end);
  });
  return { ...mask, data };
}

function meanXs(runs: ConnectedRuns, nx: number): Float64Array {
  const sums = new Float64Array(runs.sizes.length);
  runs.starts.forEach((start, run) => {
    const end = runs.ends[run]!;
    sums[runs.components[run]!]! += (end - start) * ((start % nx) + (end - start - 1) / 2);
  });
  return sums.map((sum, component) => sum / runs.sizes[component]!);
}

function extentX(runs: ConnectedRuns, components: ReadonlySet<number>, nx: number): [number, number] {
  let low = nx;
  let high = 0;
  runs.starts.forEach((start, run) => {
    if (!components.has(runs.components[run]!)) return;
    low = Math.min(low, start % nx);
    high = Math.max(high, (start % nx) + runs.ends[run]! - start - 1);
  });
  return [low, high];
}

/**
 * The x that parts the components into two lungs best: with the largest variance between the two (Otsu 1979).
 *
 * @returns undefined where one of the two would be too small to be a lung
 */
function splitParts(parts: readonly Part[], total: number): number | undefined {
  const sorted = [...parts].sort((a, b) => a.x - b.x);
  const moment = sorted.reduce((sum, part) => sum + part.voxels * part.x, 0);
  let best: { variance: number; x: number } | undefined;
  let right = 0;
  let rightMoment = 0;
  for (let n = 0; n + 1 < sorted.length; n++) {
    right += sorted[n]!.voxels;
    rightMoment += sorted[n]!.voxels * sorted[n]!.x;
    const left = total - right;
    if (Math.min(right, left) < LUNG_FRACTION * total) continue;
    const means = [rightMoment / right, (moment - rightMoment) / left] as const;
    const variance = right * left * (means[1] - means[0]) ** 2;
    // Between the two lungs' middles, so that a small part between them goes to the nearer one.
    if (best === undefined || variance > best.variance) best = { variance, x: (means[0] + means[1]) / 2 };
  }
  return best?.x;
}
