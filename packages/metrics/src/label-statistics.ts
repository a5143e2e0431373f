import { axisCodes, type Geometry, type Volume } from '@lungseg/core';
import { assertSameGrid } from './confusion-counts.js';
import { Histogram } from './histogram.js';
import { voxelMl } from './volume-ml.js';

/** A side of the image, by where it lies in the patient: right, left, anterior, posterior, inferior, superior. */
export type Face = 'R' | 'L' | 'A' | 'P' | 'I' | 'S';

/** What {@link labelStatistics} says of one label. */
export interface LabelStatistics {
  readonly label: number;
  readonly name: string;
  readonly voxels: number;
  readonly volumeMl: number;
  /** In HU for a CT; null where the label has no voxel with a finite intensity. So are the percentiles. */
  readonly meanHu: number | null;
  /** Percentiles of the intensities rounded to whole numbers. */
  readonly p5: number | null;
  readonly p15: number | null;
  readonly p25: number | null;
  readonly p50: number | null;
  readonly p75: number | null;
  readonly p95: number | null;
  /** The share of voxels in each band of {@link LabelStatisticsOptions}, from 0 to 1. */
  readonly shares: Readonly<Record<string, number | null>>;
  /** First and last slice along k with a voxel of the label, from 0; null where it has none. */
  readonly slices: { readonly first: number; readonly last: number } | null;
  /** Sides of the image that the label touches: there it may have been cut by the field of view. */
  readonly touchesBorder: readonly Face[];
}

/** Options of {@link labelStatistics}. */
export interface LabelStatisticsOptions {
  /**
   * Bands of intensities by name, from the first number up to and without the second, of which the share of the label's
   * voxels is reported; -Infinity and Infinity for no end.
   */
  readonly bands?: Readonly<Record<string, readonly [low: number, high: number]>>;
}

/**
 * Volume, intensities and extent of each label, in one pass.
 *
 * @param image intensities, in HU for a CT
 * @param labelMap label map of the same grid
 * @param names a name for each label to report, also for those that have no voxel
 * @param options bands of intensities
 * @returns in the order of the label numbers; labels without a name are passed over
 * @throws ShapeError when the grids differ
 * @example
 * labelStatistics(ct, lungs, { 1: 'right lung', 2: 'left lung' });
 */
export function labelStatistics(
  image: Volume,
  labelMap: Volume,
  names: Readonly<Record<number, string>>,
  options: LabelStatisticsOptions = {},
): LabelStatistics[] {
  assertSameGrid(image, labelMap, 'image', 'label map');
  const labels = Object.keys(names)
    .map(Number)
    .sort((a, b) => a - b);
  const tallies = new Map(labels.map((label) => [label, new Tally()]));
  const [nx, ny, nz] = labelMap.geometry.size;
  for (let k = 0, n = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, n++) {
        const label = labelMap.data[n]!;
        if (label !== 0 || tallies.has(0)) tallies.get(label)?.add(i, j, k, image.data[n]!);
      }
    }
  }
  return labels.map((label) => ({
    label,
    name: names[label]!,
    ...summarize(tallies.get(label)!, labelMap.geometry, options.bands ?? {}),
  }));
}

/** What is gathered of one label while passing over its voxels. */
class Tally {
  voxels = 0;
  readonly histogram = new Histogram();
  readonly low = [Infinity, Infinity, Infinity];
  readonly high = [-Infinity, -Infinity, -Infinity];

  add(i: number, j: number, k: number, intensity: number): void {
    this.voxels++;
    this.histogram.add(intensity);
    const { low, high } = this;
    if (i < low[0]!) low[0] = i;
    if (j < low[1]!) low[1] = j;
    if (k < low[2]!) low[2] = k;
    if (i > high[0]!) high[0] = i;
    if (j > high[1]!) high[1] = j;
    if (k > high[2]!) high[2] = k;
  }
}

function summarize(
  { voxels, histogram, low, high }: Tally,
  geometry: Geometry,
  bands: NonNullable<LabelStatisticsOptions['bands']>,
): Omit<LabelStatistics, 'label' | 'name'> {
  const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
  const percentile = (percent: number): number | null => orNull(histogram.percentile(percent));
  return {
    voxels,
    volumeMl: voxels * voxelMl(geometry),
    meanHu: orNull(histogram.mean),
    p5: percentile(5),
    p15: percentile(15),
    p25: percentile(25),
    p50: percentile(50),
    p75: percentile(75),
    p95: percentile(95),
    shares: Object.fromEntries(
      Object.entries(bands).map(([name, [from, to]]) => [name, orNull(histogram.share(from, to))]),
    ),
    slices: voxels === 0 ? null : { first: low[2]!, last: high[2]! },
    touchesBorder: touchedFaces(low, high, geometry),
  };
}

const OPPOSITE: Readonly<Record<string, Face>> = { R: 'L', L: 'R', A: 'P', P: 'A', I: 'S', S: 'I' };

function touchedFaces(low: readonly number[], high: readonly number[], geometry: Geometry): Face[] {
  return [...axisCodes(geometry)].flatMap((towards, axis) => {
    const faces: Face[] = [];
    if (low[axis] === 0) faces.push(OPPOSITE[towards]!);
    if (high[axis] === geometry.size[axis]! - 1) faces.push(towards as Face);
    return faces;
  });
}
