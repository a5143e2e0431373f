import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError, type Loss, type Network, type NetworkMode, type Sample } from '@lungseg/core';
import { Observable } from 'rxjs';
import { Adam } from './adam.js';
import { saveCheckpoint } from './checkpoint.js';
import { BEST, loadNewestCheckpoint, saveLastCheckpoint } from './checkpoint-folder.js';
import type { TrainingEvent } from './events.js';
import type { DynamicLossScale } from './loss-scale.js';
import { optimizationStep, type OptimizationStepResult } from './optimization-step.js';
import type { Optimizer } from './optimizer.js';
import { RunState } from './run-state.js';
import { describeSample, sampleTensors } from './sample-tensors.js';
import type { Schedule } from './schedule.js';

/** What {@link train} needs. */
export interface TrainOptions {
  readonly network: Network<tf.Tensor, tf.Variable>;
  /** The network's options as JSON, kept in checkpoints. */
  readonly networkOptions: string;
  /** What else checkpoints say of the run, as JSON: its config, versions. */
  readonly about?: string;
  readonly loss: Loss<tf.Tensor>;
  /** {@link Adam} with its defaults where it is left out. */
  readonly optimizer?: Optimizer;
  readonly schedule: Schedule;
  /** The sample with a number: a function of the number alone, so that a resumed run sees what it would have seen. */
  readonly sampleAt: (index: number) => Promise<Sample>;
  /** What messages call the sample with a number, for instance its case. */
  readonly nameOfSample?: (index: number) => string | undefined;
  /** Samples whose gradients are averaged into one step; 1 by default. */
  readonly samplesPerStep?: number;
  /** The largest norm of a step's gradients, which are scaled down to it; any by default. */
  readonly maxGradientNorm?: number;
  /** Scales the loss, as float16 needs it; a step whose gradients overflow is left out. None by default. */
  readonly lossScale?: DynamicLossScale;
  /** How batch normalisation behaves at a step; `train` by default. */
  readonly modeAt?: (step: number) => NetworkMode;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  /** Where checkpoints go: `last.safetensors`, the ones before it, and `best.safetensors`. The folder exists. */
  readonly folder: string;
  /** Steps between checkpoints; an epoch by default. */
  readonly checkpointEvery?: number;
  /** How many of the last checkpoints are kept; 2 by default. */
  readonly keepCheckpoints?: number;
  /** Decay of the moving average of the weights; none is kept where it is left out. */
  readonly averageDecay?: number;
  /** Dice by case of whole volumes, under the weights that the network has then. */
  readonly validate?: (step: number) => Promise<Readonly<Record<string, number>>>;
  /** Steps between validations; never where it is left out. */
  readonly validateEvery?: number;
  /** Ends the run when this many validations in a row weren't better than the best; never where it is left out. */
  readonly patience?: number;
  /** Go on from the newest whole checkpoint in the folder; false by default. */
  readonly resume?: boolean;
  /** Ends the run after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a network, as a stream of events. Subscribing starts it; unsubscribing ends it after the step under way,
 * without a checkpoint. Events come in order, one step at a time.
 *
 * A run that was killed and goes on takes the steps of one that never was: everything that changes is in the
 * checkpoint, and samples are a function of their number. What a step computes is the same to the bit as far as the
 * backend's kernels are, which holds on one machine.
 *
 * @throws InvalidArgumentError (as an error of the stream) when the loss or a gradient stops being a finite number; the
 *   text says at which step and sample
 * @throws ReadError (likewise) when there is no checkpoint to resume from, or all are damaged
 * @throws WriteError (likewise) when a checkpoint can't be written; those before it stay
 * @example
 * train(options).subscribe((event) => {
 *   if (event.type === 'step') console.log(event.step, event.loss);
 * });
 */
export function train(options: TrainOptions): Observable<TrainingEvent> {
  return new Observable((subscriber) => {
    new TrainingRun(
      options,
      (event) => subscriber.next(event),
      () => subscriber.closed,
    )
      .run()
      .then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(error),
      );
  });
}

class TrainingRun {
  readonly #options: TrainOptions;
  readonly #optimizer: Optimizer;
  readonly #state: RunState;
  readonly #emit: (event: TrainingEvent) => void;
  readonly #isClosed: () => boolean;
  /** The step of the checkpoint that the run resumed from, until it has one of its own. */
  #resumedFrom: number | undefined;

  constructor(options: TrainOptions, emit: (event: TrainingEvent) => void, isClosed: () => boolean) {
    this.#options = options;
    this.#optimizer = options.optimizer ?? new Adam();
    this.#state = new RunState({ ...options, optimizer: this.#optimizer });
    this.#emit = emit;
    this.#isClosed = isClosed;
  }

  async run(): Promise<void> {
    const { totalSteps, stepsPerEpoch, signal, checkpointEvery = stepsPerEpoch } = this.#options;
    const state = this.#state;
    if (this.#options.resume === true) await this.#resume();
    let pending = this.#samplesOf(state.step);
    while (state.step < totalSteps && !this.#isEnded() && !this.#isPatienceOver()) {
      const begin = performance.now();
      const samples = await pending;
      pending = this.#samplesOf(state.step + 1);
      const waitMs = performance.now() - begin;
      this.#takeStep(samples, begin, waitMs);
      await this.#endStep();
      const isLast = state.step === totalSteps || this.#isPatienceOver();
      if (isLast || state.step % checkpointEvery === 0) await this.#saveLast();
      // Lets timers, signals and the dashboard have their turn between steps, which block the thread.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.#isPatienceOver()) this.#emit({ type: 'done', step: state.step, reason: 'early-stopping' });
    else if (state.step >= totalSteps) this.#emit({ type: 'done', step: state.step, reason: 'all-steps' });
    else if (signal?.aborted === true) await this.#saveLast();
  }

  #isEnded(): boolean {
    return this.#options.signal?.aborted === true || this.#isClosed();
  }

  #isPatienceOver(): boolean {
    return this.#state.validationsSinceBest >= (this.#options.patience ?? Infinity);
  }

  async #resume(): Promise<void> {
    const { folder } = this.#options;
    const found = await loadNewestCheckpoint(folder);
    if (found === undefined) {
      throw new InvalidArgumentError(
        `There is no run to resume: ${folder} has no checkpoint. Start it anew.`,
      );
    }
    this.#state.load(found.checkpoint);
    this.#resumedFrom = found.checkpoint.step;
    const { path, passedOver } = found;
    this.#emit({ type: 'resume', step: this.#state.step, path, passedOver });
  }

  /** Begins to make the samples of a step, while the step before it is under way. */
  #samplesOf(step: number): Promise<readonly Sample[]> {
    const { totalSteps, samplesPerStep = 1, sampleAt } = this.#options;
    if (step >= totalSteps) return Promise.resolve([]);
    const indices = Array.from({ length: samplesPerStep }, (_, n) => step * samplesPerStep + n);
    const samples = Promise.all(indices.map((index) => sampleAt(index)));
    // It is waited for later; until then a failure must not count as one that nobody handles.
    samples.catch(() => undefined);
    return samples;
  }

  #takeStep(samples: readonly Sample[], begin: number, waitMs: number): void {
    const { network, loss, schedule, modeAt, maxGradientNorm, stepsPerEpoch, lossScale } = this.#options;
    const state = this.#state;
    const learningRate = schedule(state.step);
    const scale = lossScale?.scale;
    const result = optimizationStep({
      network,
      loss,
      optimizer: this.#optimizer,
      batches: sampleTensors(samples),
      learningRate,
      mode: modeAt?.(state.step) ?? 'train',
      ...(maxGradientNorm === undefined ? {} : { maxGradientNorm }),
      ...(scale === undefined ? {} : { lossScale: scale }),
    });
    const isSkipped = this.#checkFinite(result, samples);
    const mean = result.losses.reduce((a, b) => a + b, 0) / result.losses.length;
    const epoch = Math.floor(state.step / stepsPerEpoch);
    state.advance(mean);
    this.#emit({
      type: 'step',
      step: state.step,
      epoch,
      loss: mean,
      learningRate,
      gradientNorm: result.gradientNorm,
      ...(scale === undefined ? {} : { lossScale: scale }),
      ...(isSkipped ? { isSkipped } : {}),
      samples: samples.length,
      durationMs: performance.now() - begin,
      waitMs,
    });
  }

  /**
   * Whether the step was left out since its gradients overflowed, which loss scaling allows for.
   *
   * @throws InvalidArgumentError when something isn't finite that no smaller scale would help
   */
  #checkFinite({ losses, gradientNorm }: OptimizationStepResult, samples: readonly Sample[]): boolean {
    const { lossScale } = this.#options;
    const isFinite = Number.isFinite(gradientNorm);
    lossScale?.note(isFinite);
    if (isFinite) return false;
    const { step } = this.#state;
    const which = losses.length - 1;
    const index = step * samples.length + which;
    const loss = losses[which]!;
    if (lossScale !== undefined && Number.isFinite(loss) && lossScale.scale >= 1) return true;
    const name = this.#options.nameOfSample?.(index);
    const what = Number.isFinite(loss)
      ? `The gradients must stay finite. Received: a norm of ${gradientNorm}`
      : `The loss must stay finite. Received: ${loss}`;
    throw new InvalidArgumentError(
      `${what} at step ${step + 1}, sample ${index}${name === undefined ? '' : ` (${name})`}: ${describeSample(samples[which]!)}. Lower the learning rate, or look at that sample.`,
    );
  }

  async #endStep(): Promise<void> {
    const { stepsPerEpoch, totalSteps, validateEvery } = this.#options;
    const state = this.#state;
    const epoch = Math.floor((state.step - 1) / stepsPerEpoch);
    if (state.step % stepsPerEpoch === 0) {
      const { sum, count } = state.epochLoss;
      this.#emit({ type: 'epoch', step: state.step, epoch, meanLoss: sum / count });
      state.epochLoss = { sum: 0, count: 0 };
    }
    if (validateEvery === undefined) return;
    if (state.step === totalSteps || state.step % validateEvery === 0) await this.#validate(epoch);
  }

  async #validate(epoch: number): Promise<void> {
    const { validate, folder } = this.#options;
    if (validate === undefined) return;
    const state = this.#state;
    const begin = performance.now();
    const dice = await state.withAveragedWeights(() => validate(state.step));
    const defined = Object.values(dice).filter((value) => !Number.isNaN(value));
    const meanDice = defined.reduce((a, b) => a + b, 0) / Math.max(1, defined.length);
    const durationMs = performance.now() - begin;
    this.#emit({ type: 'validation', step: state.step, epoch, dice, meanDice, durationMs });
    if (!state.noteDice(meanDice)) return;
    const path = join(folder, BEST);
    await saveCheckpoint(path, state.checkpoint());
    this.#emit({ type: 'checkpoint', step: state.step, path, best: true });
  }

  async #saveLast(): Promise<void> {
    const { folder, keepCheckpoints = 2 } = this.#options;
    const path = await saveLastCheckpoint(
      folder,
      this.#state.checkpoint(),
      keepCheckpoints,
      this.#resumedFrom,
    );
    this.#resumedFrom = undefined;
    this.#emit({ type: 'checkpoint', step: this.#state.step, path, best: false });
  }
}
