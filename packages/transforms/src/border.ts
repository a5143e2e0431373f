/** What lies outside a volume: its nearest voxel; the volume mirrored at its edge, `c b a | a b c`; or a value. */
export type Border = 'clamp' | 'reflect' | number;

/** The index inside for one outside, as the border has it; -1 where the border has a value. */
export function indexInside(index: number, size: number, border: Border): number {
  if (index >= 0 && index < size) return index;
  if (border === 'clamp') return index < 0 ? 0 : size - 1;
  if (border !== 'reflect') return -1;
  const period = 2 * size;
  const at = ((index % period) + period) % period;
  return at < size ? at : period - 1 - at;
}

/** The position inside, from 0 to size - 1, for one outside; as it is where the border has a value. */
export function positionInside(position: number, size: number, border: Border): number {
  if (typeof border === 'number') return position;
  const at = border === 'reflect' ? reflected(position, size) : position;
  return at < 0 ? 0 : at > size - 1 ? size - 1 : at;
}

/** How far beyond the edge a spline has come to rest, in voxels. */
const SPLINE_REST = 10;

/**
 * The position at which to read a spline through the volume as the border continues it: it may lie a little outside,
 * where a spline through a repeated voxel still swings.
 */
export function splinePosition(position: number, size: number, border: Border): number {
  if (typeof border === 'number') return position;
  if (border === 'reflect') return reflected(position, size);
  return Math.min(Math.max(position, -SPLINE_REST), size - 1 + SPLINE_REST);
}

/** Mirrored at the outer edges of the first and the last voxel, to between -0.5 and size - 0.5. */
function reflected(position: number, size: number): number {
  if (position >= -0.5 && position <= size - 0.5) return position;
  const period = 2 * size;
  const at = (((position + 0.5) % period) + period) % period;
  return (at < size ? at : period - at) - 0.5;
}
