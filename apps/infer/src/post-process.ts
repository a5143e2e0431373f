import { indexToWorld, type Geometry, type Vec3, type Volume } from '@lungseg/core';
import {
  cropRegion,
  cropToForeground,
  fillHoles,
  growThroughAir,
  invertRegion,
  keepLargestComponents,
  refineBoundary,
  removeGas,
  removePadding,
  splitLeftRight,
  type CropToForegroundOptions,
  type RegionParams,
} from '@lungseg/transforms';
import { paramsFor } from './prepare.js';

/**
 * A component smaller than this share of the first is not taken for a lung: gas in the bowel or a bronchus is
 * far smaller than a lung, and a lung that has shrunk to less than a twentieth of the other holds hardly any air.
 */
const SMALLEST_LUNG = 0.05;

/** Less than this isn't taken for a lung either, for instance air of the sinuses: a newborn's lung holds several times as much. */
const LEAST_LUNG_ML = 5;

/** Lungs are two, but consolidation, fluid or air beside them may part one: no large piece is lost without a word. */
const MOST_PIECES = 6;

/** Without crumbs, which may lie in air around the body, there is less to look at. */
const keepLarge = keepLargestComponents({
  count: Number.MAX_SAFE_INTEGER,
  connectivity: 6,
  minimumMl: LEAST_LUNG_ML,
});

const keepLungs = keepLargestComponents({
  count: MOST_PIECES,
  connectivity: 6,
  minimumFraction: SMALLEST_LUNG,
  minimumMl: LEAST_LUNG_ML,
});

/** Around the lungs, while their boundary moves; it does so by less. */
const MARGIN_MM = 4;

/** The lungs, together and apart. */
export interface Lungs {
  /** 1 lung. */
  readonly lung: Volume<Uint8Array>;
  /** 1 right lung, 2 left lung, by the patient's sides. */
  readonly leftRight: Volume<Uint8Array>;
  /** Over how much of its surface each ends because nobody measured beyond, within the image, in square mm by faces of voxels. */
  readonly cutMm2: Readonly<Record<'right' | 'left', number>>;
}

/**
 * Makes a mask of what the network says: keeps the components of at least a twentieth of the largest (a chest with one
 * lung has but one), and none of less than 5 ml, of padding or of gas alone; lets them grow through gas that is possibly
 * lung; fills holes; moves the boundary, which comes from the network's grid, to where the CT has it; takes out padding;
 * and tells right from left.
 *
 * @param levels 2 lung, 1 possibly, 0 none: where the network is in doubt, the CT decides, see
 *   docs/decisions/0018-grow-where-the-network-is-in-doubt.md
 * @param body the box of the body, whose middle tells the side of a single lung
 * @param image the CT in HU, on the same grid
 */
export function postProcess(levels: Volume<Uint8Array>, body: RegionParams, image: Volume): Lungs {
  const middle = body.start.map((n, axis) => n + (body.size[axis]! - 1) / 2) as unknown as Vec3;
  const [midlineX] = indexToWorld(levels.geometry, middle);
  const { sure, possible } = findLungs(levels, image);
  const grown = growThroughAir(sure, possible, image);
  const margin = levels.geometry.spacing.map((mm) => Math.ceil(MARGIN_MM / mm) + 1) as unknown as Vec3;
  const box = boxOf(grown, { margin });
  const clean = cleanMask(crop(grown, box), crop(image, box));
  const lung = removePadding(clean, image, box);
  const leftRight = splitLeftRight(lung, { midlineX });
  const cutMm2 = lung === clean ? { right: 0, left: 0 } : cutAreas(leftRight, clean);
  return {
    lung: putBack(lung, box, levels.geometry),
    leftRight: putBack(leftRight, box, levels.geometry),
    cutMm2,
  };
}

/** Areas of the faces between each lung and what was taken out of the mask as padding, into which refineBoundary leads. */
function cutAreas({ data, geometry }: Volume, { data: whole }: Volume): Lungs['cutMm2'] {
  const [nx, ny, nz] = geometry.size;
  const [dx, dy, dz] = geometry.spacing;
  const areas = [0, 0, 0];
  const meet = (a: number, b: number, area: number): void => {
    if (whole[b] !== 0 && (data[a] === 0) !== (data[b] === 0)) areas[data[a]! + data[b]!]! += area;
  };
  for (let z = 0, n = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, n++) {
        if (whole[n] === 0) continue;
        if (x < nx - 1) meet(n, n + 1, dy * dz);
        if (y < ny - 1) meet(n, n + nx, dx * dz);
        if (z < nz - 1) meet(n, n + nx * ny, dx * dy);
      }
    }
  }
  return { right: areas[1]!, left: areas[2]! };
}

/** What the network is sure of, large enough, measured and no gas alone; and levels without what is padding or gas. */
function findLungs(
  levels: Volume<Uint8Array>,
  image: Volume,
): Readonly<Record<'sure' | 'possible', Volume<Uint8Array>>> {
  const { geometry } = levels;
  const box = boxOf(levels, { above: 1 });
  const found = crop(levels, box);
  for (let n = 0; n < found.data.length; n++) found.data[n] = found.data[n]! > 1 ? 1 : 0;
  // Before the gas, since padding would count as that.
  const large = keepLarge.apply(found, null) as Volume<Uint8Array>;
  const lungs = removeGas(removePadding(large, image, box), crop(image, box));
  const sure = putBack(keepLungs.apply(lungs, null) as Volume<Uint8Array>, box, geometry);
  if (lungs === large) return { sure, possible: levels };
  // So that none of it grows back from what lies beside it.
  for (let n = 0; n < large.data.length; n++) found.data[n] = large.data[n]! - lungs.data[n]!;
  const { data: removed } = putBack(found, box, geometry);
  const possible = levels.data.map((level, n) => (removed[n] === 0 ? level : 0));
  return { sure, possible: { ...levels, data: possible } };
}

function cleanMask(grown: Volume, image: Volume): Volume<Uint8Array> {
  // Before the boundary moves, too: what lies between a hole and the outside would have no depth.
  const refined = refineBoundary(fillHoles().apply(grown, null), image);
  // Again, since a rim of tissue may leave specks of noise behind.
  return fillHoles().apply(keepLungs.apply(refined, null), null) as Volume<Uint8Array>;
}

// What looks at the box of the lungs alone takes less time.

function boxOf(volume: Volume, options: CropToForegroundOptions): RegionParams {
  return paramsFor(cropToForeground(options), volume);
}

function crop<V extends Volume>(volume: V, { start, size }: RegionParams): V {
  return cropRegion(volume, start, size);
}

/** Moving the origin there and back rounds it, so the grid is put back as it was. */
function putBack<V extends Volume>(volume: V, box: RegionParams, geometry: Geometry): V {
  return { ...invertRegion(volume, box), geometry };
}
