// Bound once: looking Math up for each voxel is slow where globals are intercepted, as in test runners.
const { floor, imul, min } = Math;
/**
 * Smooth noise in space: random numbers on a lattice, joined by cubic B-splines. It depends on the position alone,
 * so the same point has the same value on every grid. Values lie in [-1, 1], their standard deviation is about 0.3.
 */
export class NoiseField {
  readonly #seed: number;
  readonly #cell: number;
  readonly #columns: Float64Array;
  #plane = new Float64Array(0);
  #left = 0;
  #top = 0;
  #across = 0;
  #down = 0;

  /**
   * @param seed an integer
   * @param cellMm the lattice's pitch, about half of a wavelength
   */
  constructor(seed: number, cellMm: number) {
    this.#seed = seed | 0;
    this.#cell = cellMm;
    this.#columns = new Float64Array(4096);
  }

  /**
   * Goes to the plane at height z, for rows within the rectangle given.
   *
   * @param z height in mm
   * @param bounds x from, x to, y from, y to, in mm
   */
  plane(z: number, bounds: readonly [number, number, number, number]): void {
    const cell = this.#cell;
    this.#left = floor(bounds[0] / cell) - 1;
    this.#top = floor(bounds[2] / cell) - 1;
    this.#across = min(floor(bounds[1] / cell) + 3 - this.#left, this.#columns.length);
    this.#down = floor(bounds[3] / cell) + 3 - this.#top;
    const count = this.#across * this.#down;
    if (this.#plane.length < count) this.#plane = new Float64Array(count);
    const lattice = floor(z / cell);
    const t = z / cell - lattice;
    const w0 = ((1 - t) * (1 - t) * (1 - t)) / 6;
    const w1 = (3 * t * t * t - 6 * t * t + 4) / 6;
    const w3 = (t * t * t) / 6;
    const w2 = 1 - w0 - w1 - w3;
    for (let row = 0, at = 0; row < this.#down; row++) {
      for (let column = 0; column < this.#across; column++, at++) {
        const x = this.#left + column;
        const y = this.#top + row;
        this.#plane[at] =
          w0 * this.#at(x, y, lattice - 1) +
          w1 * this.#at(x, y, lattice) +
          w2 * this.#at(x, y, lattice + 1) +
          w3 * this.#at(x, y, lattice + 2);
      }
    }
  }

  /**
   * Adds `amplitude` times the noise along a row of the current plane.
   *
   * @param out holds the row, x rising
   * @param from where the row starts in it
   * @param y its position in mm
   * @param x0 x of its first element in mm
   * @param dx step in mm, positive
   */
  addRow(
    out: Float32Array,
    from: number,
    count: number,
    y: number,
    x0: number,
    dx: number,
    amplitude: number,
  ): void {
    const cell = this.#cell;
    const columns = this.#columns;
    const plane = this.#plane;
    const across = this.#across;
    const lattice = floor(y / cell);
    const t = y / cell - lattice;
    const w0 = (amplitude * (1 - t) * (1 - t) * (1 - t)) / 6;
    const w1 = (amplitude * (3 * t * t * t - 6 * t * t + 4)) / 6;
    const w3 = (amplitude * t * t * t) / 6;
    const w2 = amplitude - w0 - w1 - w3;
    const first = (lattice - 1 - this.#top) * across;
    for (let column = 0; column < across; column++) {
      const at = first + column;
      columns[column] =
        w0 * plane[at]! +
        w1 * plane[at + across]! +
        w2 * plane[at + 2 * across]! +
        w3 * plane[at + 3 * across]!;
    }
    const step = dx / cell;
    let position = x0 / cell - this.#left;
    for (let i = from, end = from + count; i < end; i++, position += step) {
      const at = position | 0;
      const s = position - at;
      const r = 1 - s;
      const s2 = s * s;
      const a = (r * r * r) / 6;
      const b = (3 * s2 * s - 6 * s2 + 4) / 6;
      const d = (s2 * s) / 6;
      out[i] =
        out[i]! +
        a * columns[at - 1]! +
        b * columns[at]! +
        (1 - a - b - d) * columns[at + 1]! +
        d * columns[at + 2]!;
    }
  }

  #at(x: number, y: number, z: number): number {
    let h = this.#seed ^ imul(x, 0x27d4eb2d) ^ imul(y, 0x165667b1) ^ imul(z, 0x9e3779b1);
    h = imul(h ^ (h >>> 15), 0x85ebca6b);
    h = imul(h ^ (h >>> 13), 0xc2b2ae35);
    return ((h ^ (h >>> 16)) >>> 0) / 2147483648 - 1;
  }
}
