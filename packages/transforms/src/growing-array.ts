/** A list of 32-bit integers that grows; much smaller than an array of numbers. */
export class GrowingInt32 {
  #data = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#data.length) {
      const larger = new Int32Array(this.#length * 2);
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data[this.#length++] = value;
  }

  /** What was pushed as number `index`, from 0. */
  at(index: number): number {
    return this.#data[index]!;
  }

  /** What was pushed, without a copy; valid until the next push. */
  view(): Int32Array {
    return this.#data.subarray(0, this.#length);
  }
}
