import type { Vec3 } from '@lungseg/core';

/**
 * The squared distance of every voxel to the nearest voxel of a mask, exactly, by one pass along each axis.
 *
 * @param mask voxels, x fastest; all but 0 count
 * @param size the volume's size
 * @param spacing in mm
 * @returns mm²; infinite where the mask is empty
 * @see Felzenszwalb and Huttenlocher 2012, https://doi.org/10.4086/toc.2012.v008a019
 */
export function distanceSquared(mask: Uint8Array, size: Vec3, spacing: Vec3): Float32Array {
  const [nx, ny, nz] = size;
  const result = new Float32Array(mask.length);
  for (let n = 0; n < mask.length; n++) result[n] = mask[n] === 0 ? Infinity : 0;
  const envelope = new Envelope(Math.max(nx, ny, nz));
  for (let row = 0; row < ny * nz; row++) envelope.pass(result, row * nx, 1, nx, spacing[0]);
  for (let z = 0; z < nz; z++) {
    for (let x = 0; x < nx; x++) envelope.pass(result, z * nx * ny + x, nx, ny, spacing[1]);
  }
  for (let n = 0; n < nx * ny; n++) envelope.pass(result, n, nx * ny, nz, spacing[2]);
  return result;
}

/** The lower envelope of parabolas along a line. */
class Envelope {
  readonly #values: Float64Array;
  readonly #places: Int32Array;
  readonly #borders: Float64Array;

  constructor(longest: number) {
    this.#values = new Float64Array(longest);
    this.#places = new Int32Array(longest);
    this.#borders = new Float64Array(longest + 1);
  }

  /** Replaces the values of a line by the least of the parabolas that stand on them. */
  pass(data: Float32Array, start: number, step: number, length: number, mm: number): void {
    const [values, places, borders] = [this.#values, this.#places, this.#borders];
    const square = mm * mm;
    let last = -1;
    for (let n = 0; n < length; n++) {
      const value = data[start + n * step]!;
      values[n] = value;
      if (value === Infinity) continue;
      let border = -Infinity;
      while (last >= 0) {
        const other = places[last]!;
        border = ((value - values[other]!) / square + n * n - other * other) / (2 * (n - other));
        if (border > borders[last]!) break;
        last--;
        border = -Infinity;
      }
      last++;
      places[last] = n;
      borders[last] = border;
    }
    if (last < 0) return;
    borders[last + 1] = Infinity;
    for (let n = 0, at = 0; n < length; n++) {
      while (borders[at + 1]! < n) at++;
      const distance = n - places[at]!;
      data[start + n * step] = square * distance * distance + values[places[at]!]!;
    }
  }
}
