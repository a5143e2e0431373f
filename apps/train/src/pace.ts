import type { TrainingEvent } from '@lungseg/trainer';
import type { TrainConfig } from './config.js';

/** How much of the average stays at each step. */
const DECAY = 0.95;

/** How fast a run goes and how long it will take, from the steps and validations themselves: not from preparation. */
export class Pace {
  readonly #totalSteps: number;
  readonly #validateEvery: number;
  #step = 0;
  #stepMs: number | undefined;
  #samples = 1;
  #validationMs: number | undefined;

  constructor({
    epochs,
    stepsPerEpoch,
    validateEveryEpochs,
  }: Pick<TrainConfig, 'epochs' | 'stepsPerEpoch' | 'validateEveryEpochs'>) {
    this.#totalSteps = epochs * stepsPerEpoch;
    this.#validateEvery = validateEveryEpochs === 0 ? Infinity : validateEveryEpochs * stepsPerEpoch;
  }

  /** Takes note of an event. */
  note(event: TrainingEvent): void {
    if (event.type === 'step') {
      this.#step = event.step;
      this.#samples = event.samples;
      this.#stepMs = DECAY * (this.#stepMs ?? event.durationMs) + (1 - DECAY) * event.durationMs;
    } else if (event.type === 'validation') {
      this.#validationMs = event.durationMs;
    }
  }

  /** Undefined before the first step. */
  get samplesPerSecond(): number | undefined {
    return this.#stepMs === undefined ? undefined : (1000 * this.#samples) / this.#stepMs;
  }

  /** Time left in ms; undefined before the first step. A validation counts once one has shown how long it takes. */
  get leftMs(): number | undefined {
    if (this.#stepMs === undefined) return undefined;
    const done = Math.floor(this.#step / this.#validateEvery);
    const validations = Math.ceil(this.#totalSteps / this.#validateEvery) - done;
    return (this.#totalSteps - this.#step) * this.#stepMs + validations * (this.#validationMs ?? 0);
  }
}
