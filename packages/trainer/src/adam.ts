import { InvalidArgumentError, type NamedArray, type StateDict } from '@lungseg/core';
import { readSteps, stepEntry, type Optimizer, type Parameters } from './optimizer.js';

/** Options of {@link Adam}, with PyTorch's defaults. */
export interface AdamOptions {
  /** Decay of the mean of gradients; 0.9 by default. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients; 0.999 by default. */
  readonly beta2?: number;
  /** Added to the denominator; 1e-8 by default. */
  readonly epsilon?: number;
}

interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/**
 * Adam over plain arrays: the same numbers on every backend, and a state that is simple to save.
 *
 * @see Kingma and Ba, https://arxiv.org/abs/1412.6980; PyTorch's torch.optim.Adam
 * @example
 * const adam = new Adam();
 * adam.step(new Map([['weight', { value, gradient }]]), 1e-4);
 */
export class Adam implements Optimizer {
  readonly #options: Required<AdamOptions>;
  readonly #moments = new Map<string, Moments>();
  #steps = 0;

  constructor(options: AdamOptions = {}) {
    this.#options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...options };
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Takes one step: changes every `value` in place.
   *
   * @param parameters values and gradients of equal length, by name
   * @param learningRate the step's learning rate
   */
  step(parameters: Parameters, learningRate: number): void {
    const { beta1, beta2, epsilon } = this.#options;
    const { sqrt } = Math;
    this.#steps++;
    const stepSize = learningRate / (1 - beta1 ** this.#steps);
    const correction = sqrt(1 - beta2 ** this.#steps);
    for (const [name, { value, gradient }] of parameters) {
      const { first, second } = this.#momentsOf(name, value.length);
      for (let i = 0; i < value.length; i++) {
        const g = gradient[i]!;
        const m = beta1 * first[i]! + (1 - beta1) * g;
        const v = beta2 * second[i]! + (1 - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        value[i] = value[i]! - (stepSize * m) / (sqrt(v) / correction + epsilon);
      }
    }
  }

  /** Its moments, as `NAME.exp_avg` and `NAME.exp_avg_sq`, and its number of steps. */
  stateDict(): StateDict {
    const state = new Map<string, NamedArray>([stepEntry(this.#steps)]);
    for (const [name, { first, second }] of this.#moments) {
      state.set(`${name}.exp_avg`, { shape: [first.length], data: first });
      state.set(`${name}.exp_avg_sq`, { shape: [second.length], data: second });
    }
    return state;
  }

  /**
   * Takes over a state that {@link Adam.stateDict} gave.
   *
   * @throws InvalidArgumentError when it is not one
   */
  loadStateDict(state: StateDict): void {
    this.#steps = readSteps('Adam', state, ['.exp_avg', '.exp_avg_sq']);
    this.#moments.clear();
    for (const [key, { data }] of state) {
      if (!key.endsWith('.exp_avg')) continue;
      const second = state.get(`${key}_sq`)?.data;
      if (!(data instanceof Float32Array) || !(second instanceof Float32Array)) {
        throw new InvalidArgumentError(`Adam's state must have float32 entries ${key} and ${key}_sq.`);
      }
      const name = key.slice(0, -'.exp_avg'.length);
      this.#moments.set(name, { first: data.slice(), second: second.slice() });
    }
  }

  #momentsOf(name: string, length: number): Moments {
    let moments = this.#moments.get(name);
    if (moments === undefined) {
      moments = { first: new Float32Array(length), second: new Float32Array(length) };
      this.#moments.set(name, moments);
    }
    return moments;
  }
}
