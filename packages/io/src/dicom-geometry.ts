import { createGeometry, ReadError, type Geometry, type Mat3, type Vec3 } from '@lungseg/core';
import type { DicomInstance } from './dicom-header.js';
import type { DicomSeries } from './dicom-series.js';

/** Slices closer than this lie at the same place, in mm. */
const SAME_POSITION_MM = 1e-3;

/** How far a slice may lie from where an even grid has it, in mm: positions rounded to a tenth come near it. */
const EVEN_TOLERANCE_MM = 0.101;

/** How far the slices may slide sideways over the whole series, in mm. */
const SIDEWAYS_TOLERANCE_MM = 0.1;

interface PlacedSlice {
  readonly instance: DicomInstance;
  /** Its place along the normal, in mm. */
  readonly along: number;
}

/**
 * Sorts the slices of a series along their normal, which is i x j, and finds their grid from their positions;
 * SliceThickness is not looked at.
 *
 * @returns the slices in ascending k, and the geometry, right-handed, of the volume they make
 * @throws ReadError when slices are missing, doubled, unevenly spaced, of different sizes or slide sideways (gantry
 *   tilt); the text names the files and the mm
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part03/sect_C.7.6.2.html
 */
export function placeSlices(series: DicomSeries): { instances: DicomInstance[]; geometry: Geometry } {
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
  const step = (slices.at(-1)!.along - first!.along) / (slices.length - 1);
  checkTilt(slices, normal);
  checkEven(slices, step);
  const geometry = createGeometry({
    size: [columns, rows, slices.length],
    spacing: [spacing![0], spacing![1], step],
    origin: position!,
    direction: [0, 1, 2].flatMap((row) => [i[row]!, j[row]!, normal[row]!]) as unknown as Mat3,
  });
  return { instances: slices.map(({ instance }) => instance), geometry };
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

const mm = (length: number): string => `${Number(length.toFixed(3))} mm`;

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

function checkEven(slices: readonly PlacedSlice[], mean: number): void {
  const gaps = slices.slice(1).map((slice, k) => slice.along - slices[k]!.along);
  const usual = [...gaps].sort((a, b) => a - b)[Math.floor((gaps.length - 1) / 2)]!;
  const wide = gaps.findIndex((gap) => gap > 1.5 * usual);
  if (wide >= 0) {
    const missing = Math.round(gaps[wide]! / usual) - 1;
    const others = gaps.filter((gap) => gap > 1.5 * usual).length - 1;
    throw new ReadError(
      slices[wide]!.instance.name,
      `Slices are missing: between ${slices[wide]!.instance.name} and ${slices[wide + 1]!.instance.name} lie ${mm(gaps[wide]!)}, elsewhere ${mm(usual)}, so about ${Math.max(missing, 1)} ${missing > 1 ? 'are' : 'is'} missing there${others > 0 ? ` (and there are ${others} more such gaps)` : ''}. Copy or export the whole series again.`,
    );
  }
  const errors = slices.map(({ along }, k) => Math.abs(along - (slices[0]!.along + k * mean)));
  const largest = errors.indexOf(Math.max(...errors));
  if (errors[largest]! <= EVEN_TOLERANCE_MM) return;
  // The gap that differs most from the usual one shows where the unevenness is.
  const deviations = gaps.map((gap) => Math.abs(gap - usual));
  const odd = deviations.indexOf(Math.max(...deviations));
  const { name } = slices[odd + 1]!.instance;
  throw new ReadError(
    name,
    `The slices are unevenly spaced: between ${slices[odd]!.instance.name} and ${name} lie ${mm(gaps[odd]!)}, elsewhere ${mm(usual)}. Resample the series onto an even grid, or export it again.`,
  );
}

function checkTilt(slices: readonly PlacedSlice[], normal: Vec3): void {
  const [first] = slices;
  const start = first!.instance.position!;
  const sideways = slices.map(({ instance, along }) => {
    const rise = along - first!.along;
    return Math.hypot(...[0, 1, 2].map((n) => instance.position![n]! - start[n]! - rise * normal[n]!));
  });
  const largest = Math.max(...sideways);
  if (largest <= SIDEWAYS_TOLERANCE_MM) return;
  const last = slices.at(-1)!;
  const rise = last.along - first!.along;
  const even = sideways.every(
    (shift, k) =>
      Math.abs(shift - (sideways.at(-1)! * (slices[k]!.along - first!.along)) / rise) <=
      SIDEWAYS_TOLERANCE_MM,
  );
  if (even) {
    const degrees = (Math.atan2(sideways.at(-1)!, rise) * 180) / Math.PI;
    throw new ReadError(
      last.instance.name,
      `The series has a gantry tilt of ${degrees.toFixed(1)} degrees: from ${first!.instance.name} to ${last.instance.name} the slices slide sideways by ${mm(sideways.at(-1)!)}. Correct the tilt by resampling first.`,
    );
  }
  const { name } = slices[sideways.indexOf(largest)]!.instance;
  throw new ReadError(
    name,
    `${name} lies ${mm(largest)} to the side of ${first!.instance.name}, so the slices don't stand on one another. Remove the slices that don't belong to the series.`,
  );
}
