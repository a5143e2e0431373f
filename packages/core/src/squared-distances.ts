import type { Vec3 } from './geometry.js';

/** Neighbouring lines that are gathered at once: a cache line of float32. */
const BLOCK = 16;

/**
 * The squared distance from each voxel's centre to that of the nearest source, exactly, whatever the spacing.
 *
 * One axis after the other: along x by two scans, along y and z by the lower envelope of the parabolas that stand on
 * the distances so far, which takes a time proportional to the number of voxels.
 *
 * @param sources anything but 0 is a source; x fastest
 * @param size voxels along x, y, z
 * @param spacing in mm
 * @returns in mm², rounded to float32 after each axis; Infinity where there is no source at all
 * @see Felzenszwalb and Huttenlocher, https://doi.org/10.4086/toc.2012.v008a019
 * @example
 * squaredDistances(Uint8Array.of(1, 0, 0), [3, 1, 1], [2, 1, 1]); // [0, 4, 16]
 */
export function squaredDistances(sources: Uint8Array, size: Vec3, spacing: Vec3): Float32Array {
  const [nx, ny, nz] = size;
  const distances = new Float32Array(nx * ny * nz);
  alongRows(sources, distances, nx, spacing[0]);
  const slice = nx * ny;
  const scratch = new Scratch(Math.max(ny, nz));
  if (ny > 1) {
    for (let z = 0; z < nz; z++) alongLines(distances, z * slice, nx, nx, ny, spacing[1], scratch);
  }
  if (nz > 1) {
    for (let y = 0; y < ny; y++) alongLines(distances, y * nx, nx, slice, nz, spacing[2], scratch);
  }
  return distances;
}

function alongRows(sources: Uint8Array, distances: Float32Array, nx: number, spacing: number): void {
  const infinity = Infinity;
  for (let row = 0; row < sources.length; row += nx) {
    let steps = infinity;
    for (let n = row; n < row + nx; n++) {
      steps = sources[n] !== 0 ? 0 : steps + 1;
      distances[n] = steps;
    }
    // Without a source in the row every step is infinite already.
    if (steps === infinity) continue;
    steps = infinity;
    for (let n = row + nx - 1; n >= row; n--) {
      steps = sources[n] !== 0 ? 0 : steps + 1;
      const nearest = (steps < distances[n]! ? steps : distances[n]!) * spacing;
      distances[n] = nearest * nearest;
    }
  }
}

/** What a line needs while it is worked on. */
class Scratch {
  readonly values: Float64Array;
  readonly results: Float64Array;
  /** Where the parabolas of the envelope have their lowest points, and from where on each is the lowest. */
  readonly apexes: Int32Array;
  readonly starts: Float64Array;

  constructor(length: number) {
    this.values = new Float64Array(length * BLOCK);
    this.results = new Float64Array(length * BLOCK);
    this.apexes = new Int32Array(length);
    this.starts = new Float64Array(length + 1);
  }
}

/** Replaces `count` neighbouring lines of `length` voxels, `stride` apart, by the envelope of their parabolas. */
function alongLines(
  distances: Float32Array,
  begin: number,
  count: number,
  stride: number,
  length: number,
  spacing: number,
  scratch: Scratch,
): void {
  const { values, results } = scratch;
  for (let first = 0; first < count; first += BLOCK) {
    const lines = Math.min(BLOCK, count - first);
    for (let i = 0, n = begin + first; i < length; i++, n += stride) {
      for (let line = 0; line < lines; line++) values[line * length + i] = distances[n + line]!;
    }
    for (let line = 0; line < lines; line++) {
      lowerEnvelope(values, results, line * length, length, spacing, scratch);
    }
    for (let i = 0, n = begin + first; i < length; i++, n += stride) {
      for (let line = 0; line < lines; line++) distances[n + line] = results[line * length + i]!;
    }
  }
}

/** `results[i] = min over j of (spacing (i - j))² + values[j]`, within one line that begins at `begin`. */
function lowerEnvelope(
  values: Float64Array,
  results: Float64Array,
  begin: number,
  length: number,
  spacing: number,
  { apexes, starts }: Scratch,
): void {
  const infinity = Infinity;
  const square = spacing * spacing;
  let last = -1;
  for (let i = 0; i < length; i++) {
    const value = values[begin + i]!;
    if (value === infinity) continue;
    const height = value + square * i * i;
    let start = -infinity;
    while (last >= 0) {
      const j = apexes[last]!;
      start = (height - values[begin + j]! - square * j * j) / (2 * square * (i - j));
      if (start > starts[last]!) break;
      last--;
    }
    last++;
    apexes[last] = i;
    starts[last] = last === 0 ? -infinity : start;
  }
  if (last < 0) {
    results.fill(infinity, begin, begin + length);
    return;
  }
  starts[last + 1] = infinity;
  for (let i = 0, parabola = 0; i < length; i++) {
    while (starts[parabola + 1]! < i) parabola++;
    const j = apexes[parabola]!;
    const offset = i - j;
    results[begin + i] = square * offset * offset + values[begin + j]!;
  }
}
