import { InvalidArgumentError } from './errors.js';

/** The whole state of an {@link Rng}: four unsigned 32-bit integers, plain JSON. */
export type RngState = readonly [number, number, number, number];

/**
 * A seeded generator of random numbers: the same seed gives the same numbers on every machine.
 *
 * The algorithm is sfc32 (Doty-Humphrey's Small Fast Counter), seeded through a splitmix of 32 bits.
 *
 * @see PractRand, https://pracrand.sourceforge.net/
 * @see https://github.com/skeeto/hash-prospector, for the mixing constants
 * @example
 * const rng = new Rng(42);
 * rng.uniform(-10, 10); // an angle in degrees
 */
export class Rng {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /**
   * @param seed an integer, of which the lowest 32 bits count, or a state saved by {@link Rng.state}
   * @throws InvalidArgumentError when it is neither
   */
  constructor(seed: number | RngState) {
    if (typeof seed === 'number') {
      if (!Number.isInteger(seed)) {
        throw new InvalidArgumentError(`A seed must be an integer. Received: ${seed}.`);
      }
      let s = seed >>> 0;
      const next = (): number => {
        s = (s + 0x9e3779b9) >>> 0;
        let t = s ^ (s >>> 16);
        t = Math.imul(t, 0x21f0aaad);
        t ^= t >>> 15;
        t = Math.imul(t, 0x735a2d97);
        return (t ^ (t >>> 15)) >>> 0;
      };
      this.#a = next();
      this.#b = next();
      this.#c = next();
      this.#d = 1;
      for (let i = 0; i < 12; i++) this.uint32();
    } else {
      if (seed.length !== 4 || !seed.every(Number.isInteger)) {
        throw new InvalidArgumentError(
          `A generator's state must be four integers, as its state gave them. Received: [${seed.join(', ')}].`,
        );
      }
      [this.#a, this.#b, this.#c, this.#d] = seed;
    }
  }

  /** The state, to continue from later with `new Rng(state)`. */
  get state(): RngState {
    return [this.#a >>> 0, this.#b >>> 0, this.#c >>> 0, this.#d >>> 0];
  }

  /** The next unsigned 32-bit integer. */
  uint32(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    this.#c |= 0;
    return t >>> 0;
  }

  /** A number in [low, high), uniformly distributed, with 32 random bits; [0, 1) by default. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.uint32() / 4294967296);
  }

  /**
   * An integer in [low, high), uniformly distributed.
   *
   * @throws InvalidArgumentError when there is none, or a bound is not an integer
   */
  integer(low: number, high: number): number {
    if (!(Number.isInteger(low) && Number.isInteger(high) && low < high)) {
      throw new InvalidArgumentError(
        `low and high must be integers, low below high. Received: low=${low}, high=${high}.`,
      );
    }
    return low + Math.floor(this.uniform() * (high - low));
  }

  /** True with the given probability. */
  bernoulli(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** A normally distributed number (Box-Muller). */
  normal(mean = 0, standardDeviation = 1): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return mean + standardDeviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /**
   * One element of a list, each equally likely.
   *
   * @throws InvalidArgumentError when the list is empty
   */
  choice<T>(items: readonly T[]): T {
    if (items.length === 0) {
      throw new InvalidArgumentError('A choice needs a list of at least one item. Received: an empty list.');
    }
    return items[this.integer(0, items.length)] as T;
  }

  /** A generator for a sub-task, independent of how much the parent is used afterwards. */
  fork(): Rng {
    return new Rng(this.uint32());
  }
}
