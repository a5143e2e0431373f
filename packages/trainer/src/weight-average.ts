import type { NamedArray, StateDict } from '@lungseg/core';

/**
 * An exponential moving average of a network's weights and running statistics.
 *
 * @see Polyak and Juditsky, https://doi.org/10.1137/0330046
 */
export class WeightAverage {
  readonly #decay: number;
  readonly #values = new Map<string, NamedArray>();
  #updates = 0;

  /** @param decay how much of the average stays at each update, for instance 0.995; less in the first updates */
  constructor(decay: number) {
    this.#decay = decay;
  }

  /** Moves the average towards a state dict. */
  update(state: StateDict): void {
    const decay = Math.min(this.#decay, (1 + this.#updates) / (10 + this.#updates));
    this.#updates++;
    for (const [name, { shape, data }] of state) {
      const average = this.#values.get(name)?.data;
      if (average === undefined || data instanceof BigInt64Array || average instanceof BigInt64Array) {
        this.#values.set(name, { shape, data: data.slice() });
        continue;
      }
      for (let i = 0; i < data.length; i++) average[i] = decay * average[i]! + (1 - decay) * data[i]!;
    }
  }

  /** How many updates have gone into the average. */
  get updates(): number {
    return this.#updates;
  }

  /** The average, or undefined before the first update. */
  stateDict(): StateDict | undefined {
    return this.#updates === 0 ? undefined : this.#values;
  }

  /** Goes on from a saved average, that `updates` updates had gone into. */
  load(state: StateDict, updates: number): void {
    this.#updates = updates;
    for (const [name, { shape, data }] of state) this.#values.set(name, { shape, data: data.slice() });
  }
}
