import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import {
  InvalidArgumentError,
  tensorShapeOf,
  toFloat32,
  type Loss,
  type Network,
  type NetworkMode,
  type Sample,
} from '@lungseg/core';
import { Observable } from 'rxjs';
import { Adam } from './adam.js';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.js';
import type { TrainingEvent } from './events.js';
import { optimizationStep } from './optimization-step.js';
import type { Schedule } from './schedule.js';
import { WeightAverage } from './weight-average.js';

/** What {@link train} needs. */
export interface TrainOptions {
  readonly network: Network<tf.Tensor, tf.Variable>;
  /** The network's options as JSON, kept in checkpoints. */
  readonly networkOptions: string;
  readonly loss: Loss<tf.Tensor>;
  readonly schedule: Schedule;
  /** The sample of a step: a function of the step alone, so that a resumed run sees what it would have seen. */
  readonly sampleAt: (step: number) => Promise<Sample>;
  /** How batch normalisation behaves at a step; `train` by default. */
  readonly modeAt?: (step: number) => NetworkMode;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  /** Where checkpoints go: `last.safetensors` and `best.safetensors`. The folder exists. */
  readonly folder: string;
  /** Steps between checkpoints; an epoch by default. */
  readonly checkpointEvery?: number;
  /** Decay of the moving average of the weights; none is kept where it is left out. */
  readonly averageDecay?: number;
  /** Dice by case of whole volumes, under the weights that the network has then. */
  readonly validate?: () => Promise<Readonly<Record<string, number>>>;
  /** Steps between validations; never where it is left out. */
  readonly validateEvery?: number;
  /** A checkpoint to go on from. */
  readonly resumeFrom?: string;
  /** Ends the run after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a network, as a stream of events. Subscribing starts it; unsubscribing ends it after the step under way,
 * without a checkpoint. Events come in order, one step at a time.
 *
 * @throws InvalidArgumentError (as an error of the stream) when the loss stops being a finite number; the text says at which step
 * @throws ReadError (likewise) when the checkpoint to resume from is damaged
 */
export function train(options: TrainOptions): Observable<TrainingEvent> {
  return new Observable((subscriber) => {
    run(
      options,
      (event) => subscriber.next(event),
      () => subscriber.closed,
    ).then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
  });
}

/** Steps between updates of the average of the weights, which cost about as much as a tenth of a small step. */
const AVERAGE_EVERY = 5;

interface RunState {
  step: number;
  bestDice: number | undefined;
  readonly optimizer: Adam;
  readonly average: WeightAverage | undefined;
}

async function run(
  options: TrainOptions,
  emit: (event: TrainingEvent) => void,
  stopped: () => boolean,
): Promise<void> {
  const { totalSteps, stepsPerEpoch, signal, validateEvery, checkpointEvery = stepsPerEpoch } = options;
  const state = await startState(options);
  const ended = (): boolean => signal?.aborted === true || stopped();
  let epochLoss = { sum: 0, count: 0 };
  let pending = state.step < totalSteps ? options.sampleAt(state.step) : undefined;
  while (state.step < totalSteps && !ended()) {
    const begin = performance.now();
    const sample = await pending!;
    const waitMs = performance.now() - begin;
    pending = state.step + 1 < totalSteps ? options.sampleAt(state.step + 1) : undefined;
    const { loss, learningRate } = takeStep(options, state, sample);
    const epoch = Math.floor((state.step - 1) / stepsPerEpoch);
    emit({
      type: 'step',
      step: state.step,
      epoch,
      loss,
      learningRate,
      durationMs: performance.now() - begin,
      waitMs,
    });
    epochLoss = { sum: epochLoss.sum + loss, count: epochLoss.count + 1 };
    if (state.step % stepsPerEpoch === 0) {
      emit({ type: 'epoch', step: state.step, epoch, meanLoss: epochLoss.sum / epochLoss.count });
      epochLoss = { sum: 0, count: 0 };
    }
    const last = state.step === totalSteps;
    if (validateEvery !== undefined && (last || state.step % validateEvery === 0) && !ended()) {
      await validate(options, state, epoch, emit);
    }
    if (last || state.step % checkpointEvery === 0) await save(options, state, 'last', emit);
    // Lets timers, signals and the dashboard have their turn between steps, which block the thread.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (signal?.aborted === true && state.step < totalSteps) await save(options, state, 'last', emit);
  if (state.step === totalSteps) emit({ type: 'done', step: state.step });
}

async function startState(options: TrainOptions): Promise<RunState> {
  const average = options.averageDecay === undefined ? undefined : new WeightAverage(options.averageDecay);
  const optimizer = new Adam();
  if (options.resumeFrom === undefined) return { step: 0, bestDice: undefined, optimizer, average };
  const checkpoint = await loadCheckpoint(options.resumeFrom);
  options.network.loadStateDict(checkpoint.weights);
  optimizer.loadStateDict(checkpoint.optimizer);
  if (checkpoint.averaged !== undefined)
    average?.load(checkpoint.averaged, Math.floor(checkpoint.step / AVERAGE_EVERY));
  return { step: checkpoint.step, bestDice: checkpoint.bestDice, optimizer, average };
}

function takeStep(
  options: TrainOptions,
  state: RunState,
  sample: Sample,
): { loss: number; learningRate: number } {
  const { network } = options;
  const learningRate = options.schedule(state.step);
  const { image, label } = sample;
  if (image === undefined || label === undefined) {
    throw new InvalidArgumentError(
      `A sample must have image and label. Received: ${Object.keys(sample).join(', ')}.`,
    );
  }
  const shape = tensorShapeOf(image.geometry.size);
  const tensors = [image, label].map((volume) => tf.tensor(toFloat32(volume).data, shape, 'float32'));
  const loss = optimizationStep({
    network,
    loss: options.loss,
    optimizer: state.optimizer,
    image: tensors[0]!,
    label: tensors[1]!,
    learningRate,
    mode: options.modeAt?.(state.step) ?? 'train',
  });
  tf.dispose(tensors);
  if (!Number.isFinite(loss)) {
    throw new InvalidArgumentError(
      `The loss must stay finite. Received: ${loss} at step ${state.step + 1}. Lower the learning rate, or look at that step's sample.`,
    );
  }
  state.step++;
  if (state.step % AVERAGE_EVERY === 0) state.average?.update(network.stateDict());
  return { loss, learningRate };
}

async function validate(
  options: TrainOptions,
  state: RunState,
  epoch: number,
  emit: (event: TrainingEvent) => void,
): Promise<void> {
  if (options.validate === undefined) return;
  const { network } = options;
  const averaged = state.average?.stateDict();
  const own = averaged === undefined ? undefined : network.stateDict();
  if (averaged !== undefined) network.loadStateDict(averaged);
  let dice: Readonly<Record<string, number>>;
  try {
    dice = await options.validate();
  } finally {
    if (own !== undefined) network.loadStateDict(own);
  }
  const defined = Object.values(dice).filter((value) => !Number.isNaN(value));
  const meanDice = defined.reduce((a, b) => a + b, 0) / Math.max(1, defined.length);
  emit({ type: 'validation', step: state.step, epoch, dice, meanDice });
  if (state.bestDice === undefined || meanDice > state.bestDice) {
    state.bestDice = meanDice;
    await save(options, state, 'best', emit);
  }
}

async function save(
  options: TrainOptions,
  state: RunState,
  name: 'last' | 'best',
  emit: (event: TrainingEvent) => void,
): Promise<void> {
  const path = join(options.folder, `${name}.safetensors`);
  const averaged = state.average?.stateDict();
  await saveCheckpoint(path, {
    step: state.step,
    weights: options.network.stateDict(),
    ...(averaged === undefined ? {} : { averaged }),
    optimizer: state.optimizer.stateDict(),
    ...(state.bestDice === undefined ? {} : { bestDice: state.bestDice }),
    network: options.networkOptions,
  });
  emit({ type: 'checkpoint', step: state.step, path, best: name === 'best' });
}
