/** Whole numbers from here to there have a bin of their own: CT numbers with room on both sides. */
const LOWEST = -4096;
const HIGHEST = 8191;

/** Counts values in bins of one unit, for means and percentiles in one pass over any number of voxels. */
export class Histogram {
  readonly #bins = new Float64Array(HIGHEST - LOWEST + 1);
  #count = 0;
  #sum = 0;

  /** @param value where it isn't finite, it is passed over */
  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.#count++;
    this.#sum += value;
    const bin = Math.min(Math.max(Math.round(value), LOWEST), HIGHEST) - LOWEST;
    this.#bins[bin]!++;
  }

  /** How many values were counted. */
  get count(): number {
    return this.#count;
  }

  /** The mean of the values themselves; NaN where there are none. */
  get mean(): number {
    return this.#count === 0 ? Number.NaN : this.#sum / this.#count;
  }

  /**
   * A percentile of the values rounded to whole numbers: between two ranks, linear, as NumPy's default.
   *
   * @param percent from 0 to 100
   * @returns NaN where there are no values
   */
  percentile(percent: number): number {
    if (this.#count === 0) return Number.NaN;
    const rank = (percent / 100) * (this.#count - 1);
    const low = this.#valueAt(Math.floor(rank));
    const high = this.#valueAt(Math.ceil(rank));
    return low + (high - low) * (rank - Math.floor(rank));
  }

  /**
   * The share of values that, rounded to whole numbers, lie from `low` up to and without `high`.
   *
   * @param low in the values' unit; -Infinity for no lower end
   * @param high in the values' unit; Infinity for no upper end
   * @returns from 0 to 1; NaN where there are no values
   */
  share(low: number, high: number): number {
    return this.#count === 0 ? Number.NaN : this.countBetween(low, high) / this.#count;
  }

  /** How many values, rounded to whole numbers, lie from `low` up to and without `high`. */
  countBetween(low: number, high: number): number {
    const first = Math.max(Math.ceil(low) - LOWEST, 0);
    const end = Math.min(Math.ceil(high) - LOWEST, this.#bins.length);
    let count = 0;
    for (let bin = first; bin < end; bin++) count += this.#bins[bin]!;
    return count;
  }

  /** The value that has `rank` others before it in order. */
  #valueAt(rank: number): number {
    let before = 0;
    for (let bin = 0; bin < this.#bins.length; bin++) {
      before += this.#bins[bin]!;
      if (before > rank) return bin + LOWEST;
    }
    return HIGHEST;
  }
}
