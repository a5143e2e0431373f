import { axisCodes, ReadError, type Geometry } from '@lungseg/core';
import { formatSpacing } from './format-spacing.js';

/** The longest side of a CT with lungs in it, from a crop of some voxels to a whole body with room to spare, in mm. */
const LONGEST_SIDE_MM = { low: 5, high: 2500 };

const EXTENT_NAMES: Readonly<Record<string, string>> = {
  R: 'wide',
  L: 'wide',
  A: 'deep',
  P: 'deep',
  I: 'tall',
  S: 'tall',
};

/**
 * Checks that an image has the size of something that a CT scanner takes, so that a spacing in other units is noticed
 * before the work.
 *
 * @param name the image's, for the message
 * @throws ReadError when its longest side is shorter than 5 mm or longer than 2.5 m
 */
export function checkExtent(name: string, geometry: Geometry): void {
  const { size, spacing } = geometry;
  const sides = size.map((count, axis) => count * spacing[axis]!);
  const longest = Math.max(...sides);
  const { low, high } = LONGEST_SIDE_MM;
  if (longest >= low && longest <= high) return;
  const code = axisCodes(geometry)[sides.indexOf(longest)]!;
  throw new ReadError(
    name,
    `${name} is ${formatExtent(longest)} ${EXTENT_NAMES[code]}, by its spacing of ${formatSpacing(spacing)}. A chest CT's longest side is from ${formatExtent(low)} to ${formatExtent(high)}: spacing must be in mm. Correct the header, or export the image again.`,
  );
}

function formatExtent(mm: number): string {
  return mm < 1000 ? `${Number(mm.toPrecision(3))} mm` : `${Number((mm / 1000).toPrecision(3))} m`;
}
