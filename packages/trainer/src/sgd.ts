import { InvalidArgumentError, type NamedArray, type StateDict } from '@lungseg/core';
import { readSteps, stepEntry, type Optimizer, type Parameters } from './optimizer.js';

/** Options of {@link Sgd}. */
export interface SgdOptions {
  /** How much of the last step's direction stays; 0.9 by default. */
  readonly momentum?: number;
  /** Nesterov's form, which looks ahead by the momentum; false by default. */
  readonly nesterov?: boolean;
  /** Times the weight, added to its gradient; 0 by default. */
  readonly weightDecay?: number;
}

const ENDING = '.momentum_buffer';

/**
 * Stochastic gradient descent with momentum: `b ← momentum · b + g`, `w ← w − rate · b`.
 *
 * @see Sutskever et al., https://proceedings.mlr.press/v28/sutskever13.html; PyTorch's torch.optim.SGD
 * @example
 * const optimizer = new Sgd({ momentum: 0.99, nesterov: true });
 * optimizer.step(new Map([['weight', { value, gradient }]]), 0.01);
 */
export class Sgd implements Optimizer {
  readonly #options: Required<SgdOptions>;
  readonly #buffers = new Map<string, Float32Array>();
  #steps = 0;

  constructor(options: SgdOptions = {}) {
    this.#options = { momentum: 0.9, nesterov: false, weightDecay: 0, ...options };
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
    const { momentum, nesterov, weightDecay } = this.#options;
    this.#steps++;
    for (const [name, { value, gradient }] of parameters) {
      const buffer = this.#bufferOf(name, value.length);
      for (let i = 0; i < value.length; i++) {
        const w = value[i]!;
        const g = gradient[i]! + weightDecay * w;
        const b = momentum * buffer[i]! + g;
        buffer[i] = b;
        value[i] = w - learningRate * (nesterov ? g + momentum * b : b);
      }
    }
  }

  /** Its directions, as `NAME.momentum_buffer`, and its number of steps. */
  stateDict(): StateDict {
    const state = new Map<string, NamedArray>([stepEntry(this.#steps)]);
    for (const [name, data] of this.#buffers) state.set(`${name}${ENDING}`, { shape: [data.length], data });
    return state;
  }

  /**
   * Takes over a state that {@link Sgd.stateDict} gave.
   *
   * @throws InvalidArgumentError when it is not one
   */
  loadStateDict(state: StateDict): void {
    this.#steps = readSteps('Sgd', state, [ENDING]);
    this.#buffers.clear();
    for (const [key, { data }] of state) {
      if (key === 'step') continue;
      if (!(data instanceof Float32Array)) {
        throw new InvalidArgumentError(`Sgd's state must have float32 entries. Received: ${key}.`);
      }
      this.#buffers.set(key.slice(0, -ENDING.length), data.slice());
    }
  }

  #bufferOf(name: string, length: number): Float32Array {
    let buffer = this.#buffers.get(name);
    if (buffer === undefined) {
      buffer = new Float32Array(length);
      this.#buffers.set(name, buffer);
    }
    return buffer;
  }
}
