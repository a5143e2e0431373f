import { createGeometry, ReadError, type Geometry, type Mat3, type Vec3 } from '@lungseg/core';
import type { DicomInstance } from './dicom-header.js';
import type { DicomSeries } from './dicom-series.js';
import { checkSize } from './size.js';
import { findTilt, shearedGrid } from './gantry-tilt.js';
import { dot, largestOf, mm, type PlacedSlice } from './placed-slice.js';
import type { SliceResampling } from './slice-resampling.js';

/** Slices closer than this lie at the same place, in mm. */
const SAME_POSITION_MM = 1e-3;

/** How far a slice may lie from where an even grid has it, in mm: positions rounded to a tenth come near it. */
const EVEN_TOLERANCE_MM = 0.101;

/** And as a share of the spacing, for thin slices: one that is missing, or one too many, moves another by a quarter and more. */
const EVEN_TOLERANCE_SHARE = 0.2;

/** How many slices an even grid may have for each that is there. */
const MOST_INTERPOLATED = 2;

/** Slices in their order, and the grid that they make. */
export interface PlacedSeries {
  /** In ascending k. */
  readonly instances: readonly DicomInstance[];
  /** Right-handed. */
  readonly geometry: Geometry;
  /** How the slices get onto the grid, where they don't lie on it. */
  readonly resampling?: SliceResampling;
  /** What was corrected, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Sorts the slices of a series along their normal, which is i x j, and finds their grid from their positions;
 * SliceThickness is not looked at.
 *
 * Slices are even where each lies within 0.1 mm, and a fifth of their spacing, of where a grid has it. Those that slide
 * sideways evenly, as a tilted gantry makes them, are sheared onto a grid of right angles.
 *
 * @param series slices of one orientation
 * @param allowGaps resamples onto an even grid what isn't evenly spaced, instead of refusing it
 * @throws ReadError when slices are missing, doubled, unevenly spaced, of different sizes or slide sideways unevenly;
 *   the text names the files and the mm
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part03/sect_C.7.6.2.html
 */
export function placeSlices(series: DicomSeries, allowGaps = false): PlacedSeries {
  const [i, j, normal] = series.axes;
  const slices = series.instances
    .map((instance) => ({ instance, along: dot(instance.position!, normal) }))
    .sort((a, b) => a.along - b.along);
  checkSameGrid(slices);
  const [first] = slices;
  const { pixels, spacing, position, name } = first!.instance;
  const { columns, rows } = pixels!;
  if (slices.length === 1) {
    throw new ReadError(
      name,
      `${name} is a 2-D image: ${columns} x ${rows} x 1. lungseg needs a volume of several slices: give the folder of the whole series.`,
    );
  }
  checkDuplicates(slices);
  const tilt = findTilt(slices, series.axes);
  const gaps = allowGaps ? evenOut(slices) : undefined;
  if (gaps === undefined) checkEven(slices);
  const { places = slices.map((_, k) => k), warning: gapWarning } = gaps ?? {};
  const shifts = tilt?.shifts ?? slices.map(() => [0, 0] as const);
  const grid = shearedGrid(shifts, [columns, rows, places.length]);
  const [left, top] = [grid.begin[0] * spacing![0], grid.begin[1] * spacing![1]];
  const geometry = createGeometry({
    size: checkSize(name, grid.size),
    spacing: [spacing![0], spacing![1], (slices.at(-1)!.along - first!.along) / (places.length - 1)],
    origin: position!.map((p, n) => p + left * i[n]! + top * j[n]!) as unknown as Vec3,
    direction: [0, 1, 2].flatMap((row) => [i[row]!, j[row]!, normal[row]!]) as unknown as Mat3,
  });
  const from: Vec3 = [columns, rows, slices.length];
  const isOnGrid = tilt === undefined && gaps === undefined;
  return {
    instances: slices.map(({ instance }) => instance),
    geometry,
    ...(isOnGrid ? {} : { resampling: { from, to: grid.size, shifts: grid.shifts, places } }),
    warnings: [tilt?.warning, gapWarning].filter((warning) => warning !== undefined),
  };
}

/** Names the file that differs from what most have. */
function checkSameGrid(slices: readonly PlacedSlice[]): void {
  const formOf = ({ instance }: PlacedSlice): string => {
    const { pixels, spacing } = instance;
    return `${pixels!.columns} x ${pixels!.rows} pixels of ${spacing!.map((length) => Number(length.toFixed(5))).join(' x ')} mm`;
  };
  const counts = new Map<string, number>();
  for (const slice of slices) counts.set(formOf(slice), (counts.get(formOf(slice)) ?? 0) + 1);
  const [common] = [...counts].sort(([, a], [, b]) => b - a)[0]!;
  const odd = slices.find((slice) => formOf(slice) !== common);
  if (odd !== undefined) {
    const { name } = odd.instance;
    throw new ReadError(
      name,
      `The series mixes sizes: ${name} has ${formOf(odd)}, ${counts.get(common)} of its ${slices.length} slices have ${common}. Remove the slices that don't belong to it.`,
    );
  }
  const { name, spacing } = slices[0]!.instance;
  if (!spacing!.every((length) => length > 0)) {
    throw new ReadError(
      name,
      `${name} is a damaged DICOM file: its pixel spacing should be positive. Received: ${spacing!.join(' x ')} mm. Export the series again.`,
    );
  }
}

function checkDuplicates(slices: readonly PlacedSlice[]): void {
  for (let k = 1; k < slices.length; k++) {
    const [before, slice] = [slices[k - 1]!, slices[k]!];
    if (slice.along - before.along >= SAME_POSITION_MM) continue;
    const same = slice.instance.sopInstanceUid === before.instance.sopInstanceUid;
    throw new ReadError(
      slice.instance.name,
      `${before.instance.name} and ${slice.instance.name} lie at the same position, ${mm(slice.along)} along the series${same ? ', and are the same image' : ''}. Keep one slice for each position.`,
    );
  }
}

const gapsOf = (slices: readonly PlacedSlice[]): number[] =>
  slices.slice(1).map((slice, k) => slice.along - slices[k]!.along);

/** The gap in the middle when gaps are sorted. */
const usualGap = (gaps: readonly number[]): number =>
  [...gaps].sort((a, b) => a - b)[Math.floor((gaps.length - 1) / 2)]!;

/** Whether every slice lies where an even grid has it. */
function isEven(slices: readonly PlacedSlice[]): boolean {
  const start = slices[0]!.along;
  const step = (slices.at(-1)!.along - start) / (slices.length - 1);
  const tolerance = Math.min(EVEN_TOLERANCE_MM, EVEN_TOLERANCE_SHARE * step);
  return slices.every(({ along }, k) => Math.abs(along - (start + k * step)) <= tolerance);
}

function checkEven(slices: readonly PlacedSlice[]): void {
  const gaps = gapsOf(slices);
  const usual = usualGap(gaps);
  const wide = gaps.findIndex((gap) => gap > 1.5 * usual);
  if (wide >= 0) {
    const missing = Math.round(gaps[wide]! / usual) - 1;
    const others = gaps.filter((gap) => gap > 1.5 * usual).length - 1;
    throw new ReadError(
      slices[wide]!.instance.name,
      `Slices are missing: between ${slices[wide]!.instance.name} and ${slices[wide + 1]!.instance.name} lie ${mm(gaps[wide]!)}, elsewhere ${mm(usual)}, so about ${Math.max(missing, 1)} ${missing > 1 ? 'are' : 'is'} missing there${others > 0 ? ` (and there ${others === 1 ? 'is 1 more such gap' : `are ${others} more such gaps`})` : ''}. Copy or export the whole series again, or interpolate by the option allowGaps.`,
    );
  }
  if (isEven(slices)) return;
  // The gap that differs most from the usual one shows where the unevenness is.
  const deviations = gaps.map((gap) => Math.abs(gap - usual));
  const odd = deviations.indexOf(largestOf(deviations));
  const { name } = slices[odd + 1]!.instance;
  throw new ReadError(
    name,
    `The slices are unevenly spaced: between ${slices[odd]!.instance.name} and ${name} lie ${mm(gaps[odd]!)}, elsewhere ${mm(usual)}. Export the series again, or interpolate by the option allowGaps.`,
  );
}

/** Where the slices of an even grid lie among those that there are; undefined where these are even. */
function evenOut(slices: readonly PlacedSlice[]): { places: number[]; warning: string } | undefined {
  if (isEven(slices)) return undefined;
  const gaps = gapsOf(slices);
  const [start, end] = [slices[0]!.along, slices.at(-1)!.along];
  const count = Math.round((end - start) / usualGap(gaps)) + 1;
  const widest = gaps.indexOf(largestOf(gaps));
  const [before, after] = [slices[widest]!.instance.name, slices[widest + 1]!.instance.name];
  if (count > MOST_INTERPOLATED * slices.length) {
    throw new ReadError(
      before,
      `Too many slices are missing to interpolate them: ${slices.length} are there, an even grid needs ${count}; between ${before} and ${after} alone lie ${mm(gaps[widest]!)}. Copy or export the whole series again.`,
    );
  }
  const step = (end - start) / (count - 1);
  let below = 0;
  const places = Array.from({ length: count }, (_, k) => {
    const along = k === count - 1 ? end : start + k * step;
    while (below < gaps.length - 1 && slices[below + 1]!.along <= along) below++;
    return below + (along - slices[below]!.along) / gaps[below]!;
  });
  const warning = `The slices are unevenly spaced, up to ${mm(gaps[widest]!)} between ${before} and ${after}: ${slices.length} of them were resampled onto ${count}, ${mm(step)} apart, linearly between neighbours.`;
  return { places, warning };
}
