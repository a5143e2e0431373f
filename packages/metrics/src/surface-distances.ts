import { squaredDistances, type Vec3, type Volume } from '@lungseg/core';
import { assertSameGrid } from './confusion-counts.js';
import { cropToUnion } from './mask-pair.js';
import { surfelAreas } from './surfel-areas.js';

/**
 * What a surface is made of.
 * - `voxels`: the voxels of the mask that have one of their six neighbours outside; each counts once. As MONAI does
 *   by default.
 * - `surfels`: the pieces of surface between the centres of eight voxels, where some are inside and some outside; each
 *   counts by its area. As DeepMind's surface-distance does, and MONAI's `use_subvoxels`.
 */
export type SurfaceElements = 'voxels' | 'surfels';

/** Options of {@link surfaceDistances}. */
export interface SurfaceDistancesOptions {
  /** What counts as foreground; any value but 0 by default. */
  readonly label?: number;
  /** `voxels` by default. */
  readonly elements?: SurfaceElements;
}

/** Distances from each element of one surface to the nearest of another. */
export interface DirectedDistances {
  /** In mm; Infinity where the other surface has no element. */
  readonly distances: Float32Array;
  /** The elements' areas in mm², in the same order; null where each counts once. */
  readonly areas: Float32Array | null;
}

/** Distances between two surfaces, both ways: what every measure of surfaces is computed from. */
export interface SurfaceDistances {
  readonly fromPrediction: DirectedDistances;
  readonly fromReference: DirectedDistances;
}

/**
 * The distances between the surfaces of two masks, exactly, in mm: for `hausdorffDistance`, `averageSurfaceDistance`
 * and `surfaceDice`. Only the box around both masks is looked at.
 *
 * What lies outside of the image is background, so that a mask has a surface where it is cut by the image's edge.
 *
 * @param prediction label map to judge
 * @param reference label map of the same grid
 * @throws ShapeError when the grids differ
 * @see MONAI's `get_edge_surface_distance`; Nikolov et al., https://arxiv.org/abs/1809.04430
 * @example
 * const distances = surfaceDistances(mask, groundTruth);
 * hausdorffDistance(distances, { percentile: 95 }); // 4.2
 * surfaceDice(distances, { toleranceMm: 2 }); // 0.93
 */
export function surfaceDistances(
  prediction: Volume,
  reference: Volume,
  { label, elements = 'voxels' }: SurfaceDistancesOptions = {},
): SurfaceDistances {
  assertSameGrid(prediction, reference, 'prediction', 'reference');
  const { spacing } = prediction.geometry;
  const pair = cropToUnion(prediction, reference, label);
  if (pair === undefined) {
    const none = { distances: new Float32Array(), areas: elements === 'voxels' ? null : new Float32Array() };
    return { fromPrediction: none, fromReference: none };
  }
  const surfaceOf = elements === 'voxels' ? surfaceVoxels : surfelCodes;
  const a = surfaceOf(pair.prediction, pair.size);
  const b = surfaceOf(pair.reference, pair.size);
  const areas = elements === 'voxels' ? null : surfelAreas(spacing);
  return {
    fromPrediction: distancesAt(a, b, spacing, areas),
    fromReference: distancesAt(b, a, spacing, areas),
  };
}

/** A code for each element of a surface, and 0 elsewhere. */
interface Surface {
  readonly codes: Uint8Array;
  readonly size: Vec3;
}

/** Marks the voxels of a mask that have a face towards the outside. The mask has background on every side. */
function surfaceVoxels(mask: Uint8Array, size: Vec3): Surface {
  const [nx, ny] = size;
  const slice = nx * ny;
  const codes = new Uint8Array(mask.length);
  for (let n = slice; n < mask.length - slice; n++) {
    if (mask[n] === 0) continue;
    const inside =
      mask[n - 1]! & mask[n + 1]! & mask[n - nx]! & mask[n + nx]! & mask[n - slice]! & mask[n + slice]!;
    codes[n] = 1 - inside;
  }
  return { codes, size };
}

/** The code of each 2 x 2 x 2 neighbourhood that isn't all inside or all outside, as `surfelAreas` has it. */
function surfelCodes(mask: Uint8Array, [nx, ny, nz]: Vec3): Surface {
  const slice = nx * ny;
  const size: Vec3 = [nx - 1, ny - 1, nz - 1];
  const codes = new Uint8Array(size[0] * size[1] * size[2]);
  for (let z = 0, n = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++) {
      let at = z * slice + y * nx;
      // The four corners on the side of smaller x are those of larger x one step before.
      let column = columnCode(mask, at, nx, slice);
      for (let x = 0; x < size[0]; x++, n++) {
        const next = columnCode(mask, ++at, nx, slice);
        const code = (column << 4) | next;
        column = next;
        codes[n] = code === 255 ? 0 : code;
      }
    }
  }
  return { codes, size };
}

function columnCode(mask: Uint8Array, n: number, nx: number, slice: number): number {
  return (mask[n]! << 3) | (mask[n + slice]! << 2) | (mask[n + nx]! << 1) | mask[n + nx + slice]!;
}

/** Distances from each element of a surface to the nearest of another. */
function distancesAt(
  { codes }: Surface,
  target: Surface,
  spacing: Vec3,
  areaOf: Float64Array | null,
): DirectedDistances {
  const squared = squaredDistances(target.codes, target.size, spacing);
  let count = 0;
  for (let n = 0; n < codes.length; n++) if (codes[n] !== 0) count++;
  const distances = new Float32Array(count);
  const areas = areaOf === null ? null : new Float32Array(count);
  const root = Math.sqrt;
  for (let n = 0, element = 0; n < codes.length; n++) {
    if (codes[n] === 0) continue;
    distances[element] = root(squared[n]!);
    if (areas !== null) areas[element] = areaOf![codes[n]!]!;
    element++;
  }
  return { distances, areas };
}
