import { ReadError, type Vec3 } from '@lungseg/core';
import type { DicomSeries } from './dicom-series.js';
import { dot, largestOf, mm, type PlacedSlice } from './placed-slice.js';
import type { SliceResampling } from './slice-resampling.js';

/** How far the slices may slide sideways over the whole series, in mm. */
const SIDEWAYS_TOLERANCE_MM = 0.1;

/**
 * And for each mm along it, for long series: an orientation rounded to three decimals turns the normal by up to 0.0017
 * (0.1 degrees). Gantries tilt by half a degree or more, which is 0.0087.
 */
const SIDEWAYS_TOLERANCE_SHARE = 2e-3;

/** No gantry tilts further: beyond, the slices belong to something else. */
const MOST_TILTED_DEGREES = 45;

/**
 * How the slices of a tilted gantry are shifted, in pixels; undefined where they stand on one another, as far as a
 * rounded orientation tells.
 *
 * @throws ReadError when they slide sideways unevenly, or further than a gantry tilts
 */
export function findTilt(
  slices: readonly PlacedSlice[],
  [i, j]: DicomSeries['axes'],
): { shifts: SliceResampling['shifts']; warning: string } | undefined {
  const [first, last] = [slices[0]!, slices.at(-1)!];
  const start = first.instance.position!;
  const rise = last.along - first.along;
  const offsets = slices.map(
    ({ instance }) => instance.position!.map((p, n) => p - start[n]!) as unknown as Vec3,
  );
  const sideways = offsets.map((offset) => [dot(offset, i), dot(offset, j)] as const);
  const lengths = sideways.map(([x, y]) => Math.hypot(x, y));
  const largest = largestOf(lengths);
  if (largest <= SIDEWAYS_TOLERANCE_MM) return undefined;
  const [x, y] = sideways.at(-1)!;
  const isEven = sideways.every(([u, v], k) => {
    const share = (slices[k]!.along - first.along) / rise;
    return Math.hypot(u - share * x, v - share * y) <= SIDEWAYS_TOLERANCE_MM;
  });
  if (!isEven) {
    const { name } = slices[lengths.indexOf(largest)]!.instance;
    throw new ReadError(
      name,
      `${name} lies ${mm(largest)} to the side of ${first.instance.name}, so the slices don't stand on one another. Remove the slices that don't belong to the series.`,
    );
  }
  if (Math.hypot(x, y) <= SIDEWAYS_TOLERANCE_SHARE * rise) return undefined;
  const degrees = (Math.atan2(Math.hypot(x, y), rise) * 180) / Math.PI;
  if (degrees > MOST_TILTED_DEGREES) {
    throw new ReadError(
      last.instance.name,
      `The slices slide sideways by ${mm(Math.hypot(x, y))} over ${mm(rise)}, a tilt of ${degrees.toFixed(1)} degrees. lungseg corrects up to ${MOST_TILTED_DEGREES}: check that they belong together.`,
    );
  }
  const { spacing } = first.instance;
  // Along a straight line, so that rounded positions don't shake the slices.
  const shifts = slices.map(({ along }) => {
    const share = (along - first.along) / rise;
    return [(share * x) / spacing![0], (share * y) / spacing![1]] as const;
  });
  const warning = `The gantry was tilted by ${degrees.toFixed(1)} degrees: the slices, which slide sideways by ${mm(Math.hypot(x, y))}, were resampled onto a grid of right angles, linearly, with air around them.`;
  return { shifts, warning };
}

/** The planes that hold all slices where they are shifted against each other. */
export function shearedGrid(
  shifts: SliceResampling['shifts'],
  [columns, rows, slices]: Vec3,
): { begin: readonly [number, number]; size: Vec3; shifts: SliceResampling['shifts'] } {
  const [i, j] = [0, 1].map((axis) => shifts.map((shift) => shift[axis]!));
  const begin = [-largestOf(i!.map((n) => -n)), -largestOf(j!.map((n) => -n))] as const;
  // Less than a hundredth of a pixel is rounding.
  const more = [largestOf(i!) - begin[0], largestOf(j!) - begin[1]].map((n) => Math.ceil(n - 0.01));
  return {
    begin,
    size: [columns + more[0]!, rows + more[1]!, slices],
    shifts: shifts.map((shift) => [shift[0] - begin[0], shift[1] - begin[1]] as const),
  };
}
