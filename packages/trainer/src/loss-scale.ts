import { InvalidArgumentError } from '@lungseg/core';

/** Options of {@link DynamicLossScale}, with PyTorch's defaults. */
export interface DynamicLossScaleOptions {
  /** What the loss is multiplied by at first; 65536 by default. */
  readonly initial?: number;
  /** What the scale is multiplied by after many good steps; 2 by default. */
  readonly growth?: number;
  /** What the scale is multiplied by after gradients that were not finite; 0.5 by default. */
  readonly backoff?: number;
  /** How many good steps in a row let it grow; 2000 by default. */
  readonly growthInterval?: number;
}

/** What a checkpoint keeps of a {@link DynamicLossScale}. */
export interface LossScaleState {
  readonly scale: number;
  /** Good steps since the scale last changed. */
  readonly goodSteps: number;
}

/**
 * The factor that keeps small gradients from vanishing in float16: the loss is multiplied by it, and the gradients are
 * divided by it. It is halved, and the step left out, when gradients overflow, and doubled after many steps in which none
 * did. With bfloat16 and float32, whose exponents are as long as each other, nothing is gained by it.
 *
 * @see Micikevicius et al., https://arxiv.org/abs/1710.03740; PyTorch's torch.amp.GradScaler
 * @example
 * const lossScale = new DynamicLossScale({ growthInterval: 500 });
 */
export class DynamicLossScale {
  readonly #growth: number;
  readonly #backoff: number;
  readonly #interval: number;
  #scale: number;
  #goodSteps = 0;

  constructor(options: DynamicLossScaleOptions = {}) {
    const { initial = 65536, growth = 2, backoff = 0.5, growthInterval = 2000 } = options;
    if (!(initial > 0 && growth > 1 && backoff > 0 && backoff < 1 && growthInterval >= 1)) {
      throw new InvalidArgumentError(
        `A loss scale must be positive, grow by more than 1, fall by less than 1, after 1 step or more. Received: initial ${initial}, growth ${growth}, backoff ${backoff}, growthInterval ${growthInterval}.`,
      );
    }
    this.#scale = initial;
    this.#growth = growth;
    this.#backoff = backoff;
    this.#interval = growthInterval;
  }

  /** What the loss is multiplied by now. */
  get scale(): number {
    return this.#scale;
  }

  /**
   * Takes note of a step.
   *
   * @param isFinite whether the gradients, divided by the scale, were finite
   */
  note(isFinite: boolean): void {
    this.#goodSteps = isFinite ? this.#goodSteps + 1 : 0;
    if (!isFinite) this.#scale *= this.#backoff;
    if (this.#goodSteps === this.#interval) {
      this.#scale *= this.#growth;
      this.#goodSteps = 0;
    }
  }

  /** To go on from later. */
  state(): LossScaleState {
    return { scale: this.#scale, goodSteps: this.#goodSteps };
  }

  /** Goes on from what {@link DynamicLossScale.state} gave. */
  load({ scale, goodSteps }: LossScaleState): void {
    this.#scale = scale;
    this.#goodSteps = goodSteps;
  }
}
