import type * as tf from '@tensorflow/tfjs-core';
import type { Network } from '@lungseg/core';
import type { Checkpoint } from './checkpoint.js';
import type { DynamicLossScale } from './loss-scale.js';
import type { Optimizer } from './optimizer.js';
import { WeightAverage } from './weight-average.js';

/** Steps between updates of the average of the weights, which cost about as much as a tenth of a small step. */
const AVERAGE_EVERY = 5;

/** What a run is made of. */
export interface RunParts {
  readonly network: Network<tf.Tensor, tf.Variable>;
  readonly optimizer: Optimizer;
  readonly averageDecay?: number;
  readonly lossScale?: DynamicLossScale;
  /** The network's options as JSON. */
  readonly networkOptions: string;
  /** What else a checkpoint says of the run, as JSON. */
  readonly about?: string;
}

/** All of a run that changes from step to step: what a checkpoint holds. */
export class RunState {
  /** Steps taken. */
  step = 0;
  /** Best mean validation Dice so far. */
  bestDice: number | undefined;
  /** Validations since the best one. */
  validationsSinceBest = 0;
  /** Losses of the epoch under way. */
  epochLoss = { sum: 0, count: 0 };
  readonly #parts: RunParts;
  readonly #average: WeightAverage | undefined;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#average = parts.averageDecay === undefined ? undefined : new WeightAverage(parts.averageDecay);
  }

  /** Goes on from a checkpoint. */
  load(checkpoint: Checkpoint): void {
    const { network, optimizer } = this.#parts;
    network.loadStateDict(checkpoint.weights);
    optimizer.loadStateDict(checkpoint.optimizer);
    const { averaged, averageUpdates } = checkpoint;
    if (averaged !== undefined) {
      // Older checkpoints don't say it; their runs mostly had the average from the first step on.
      this.#average?.load(averaged, averageUpdates ?? Math.floor(checkpoint.step / AVERAGE_EVERY));
    }
    if (checkpoint.lossScale !== undefined) this.#parts.lossScale?.load(checkpoint.lossScale);
    this.step = checkpoint.step;
    this.bestDice = checkpoint.bestDice;
    this.validationsSinceBest = checkpoint.validationsSinceBest;
    this.epochLoss = { ...checkpoint.epochLoss };
  }

  /** Counts a step that was taken. */
  advance(loss: number): void {
    this.step++;
    this.epochLoss.sum += loss;
    this.epochLoss.count++;
    if (this.step % AVERAGE_EVERY === 0) this.#average?.update(this.#parts.network.stateDict());
  }

  /** Takes note of a validation, and tells whether it is the best so far. */
  noteDice(meanDice: number): boolean {
    const isBest = this.bestDice === undefined || meanDice > this.bestDice;
    this.validationsSinceBest = isBest ? 0 : this.validationsSinceBest + 1;
    if (isBest) this.bestDice = meanDice;
    return isBest;
  }

  /** Calls a function while the network has the averaged weights, where there are any. */
  async withAveragedWeights<T>(work: () => Promise<T>): Promise<T> {
    const averaged = this.#average?.stateDict();
    if (averaged === undefined) return work();
    const { network } = this.#parts;
    const own = network.stateDict();
    network.loadStateDict(averaged);
    try {
      return await work();
    } finally {
      network.loadStateDict(own);
    }
  }

  /** All that is needed to go on from here. */
  checkpoint(): Checkpoint {
    const { network, optimizer, lossScale, networkOptions, about = '{}' } = this.#parts;
    const averaged = this.#average?.stateDict();
    return {
      step: this.step,
      weights: network.stateDict(),
      ...(averaged === undefined ? {} : { averaged, averageUpdates: this.#average!.updates }),
      optimizer: optimizer.stateDict(),
      ...(this.bestDice === undefined ? {} : { bestDice: this.bestDice }),
      validationsSinceBest: this.validationsSinceBest,
      epochLoss: { ...this.epochLoss },
      ...(lossScale === undefined ? {} : { lossScale: lossScale.state() }),
      network: networkOptions,
      about,
    };
  }
}
