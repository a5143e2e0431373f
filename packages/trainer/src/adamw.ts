import { Adam, type AdamOptions } from './adam.js';
import type { Parameters } from './optimizer.js';

/** Options of {@link AdamW}, with PyTorch's defaults. */
export interface AdamWOptions extends AdamOptions {
  /** Share of every weight that is taken off at a step, times the learning rate; 0.01 by default. */
  readonly weightDecay?: number;
}

/**
 * Adam with weight decay apart from the gradient: `w ← (1 − rate · decay) w`, then Adam's step.
 *
 * @see Loshchilov and Hutter, https://arxiv.org/abs/1711.05101; PyTorch's torch.optim.AdamW
 * @example
 * const optimizer = new AdamW({ weightDecay: 0.01 });
 * optimizer.step(new Map([['weight', { value, gradient }]]), 1e-4);
 */
export class AdamW extends Adam {
  readonly #weightDecay: number;

  constructor({ weightDecay = 0.01, ...options }: AdamWOptions = {}) {
    super(options);
    this.#weightDecay = weightDecay;
  }

  override step(parameters: Parameters, learningRate: number): void {
    const kept = 1 - learningRate * this.#weightDecay;
    for (const { value } of parameters.values()) {
      for (let i = 0; i < value.length; i++) value[i] = value[i]! * kept;
    }
    super.step(parameters, learningRate);
  }
}
