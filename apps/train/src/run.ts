import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError, parseSafetensors, ReadError, type StateDict } from '@lungseg/core';
import { diceCrossEntropyLoss, diceLoss } from '@lungseg/losses';
import { AHNet } from '@lungseg/networks';
import { constantSchedule, cosineSchedule, train, type TrainingEvent } from '@lungseg/trainer';
import { lastValueFrom, tap } from 'rxjs';
import type { TrainConfig } from './config.js';
import { loadCases, type OnPrepared } from './load-cases.js';
import { trainingSamples } from './training-samples.js';
import { validateCases } from './validate-cases.js';

/** What a run reports to whoever shows it. */
export interface RunListeners {
  readonly onPrepared: OnPrepared;
  readonly onEvent: (event: TrainingEvent) => void;
}

/** How a run begins and ends. */
export interface RunOptions extends RunListeners {
  /** Makes a config's relative paths absolute. */
  readonly resolvePath: (path: string) => string;
  /** Go on from the last checkpoint in the output folder. */
  readonly resume: boolean;
  readonly signal: AbortSignal;
}

/**
 * Trains as a config says. Its folder holds config.json, metrics.jsonl and the checkpoints.
 *
 * @throws InvalidArgumentError when the folder holds another run and `resume` wasn't asked for, or when it was and
 *   there is nothing to go on from
 */
export async function runTraining(config: TrainConfig, options: RunOptions): Promise<void> {
  const folder = options.resolvePath(config.output);
  const checkpoint = join(folder, 'last.safetensors');
  checkFolder(folder, checkpoint, options.resume);
  const network = new AHNet(config.network, config.seed);
  if (config.initialWeights !== undefined && !options.resume) {
    network.loadStateDict(await readWeights(options.resolvePath(config.initialWeights)));
  }
  const cases = await loadCases(config, options.resolvePath, options.onPrepared);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  const metrics = join(folder, 'metrics.jsonl');
  const totalSteps = config.epochs * config.stepsPerEpoch;
  const freezeAt = config.freezeNormalizationFrom * totalSteps;
  const { learningRate, schedule, warmupSteps } = config.optimizer;
  const events = train({
    network,
    networkOptions: JSON.stringify(network.options),
    loss: config.loss === 'dice' ? diceLoss() : diceCrossEntropyLoss(),
    schedule:
      schedule === 'constant'
        ? constantSchedule(learningRate)
        : cosineSchedule({ learningRate, totalSteps, warmupSteps, finalShare: 0.02 }),
    sampleAt: trainingSamples(config, cases.real, cases.phantoms),
    modeAt: (step) => (step < freezeAt ? 'train' : 'frozen'),
    totalSteps,
    stepsPerEpoch: config.stepsPerEpoch,
    folder,
    signal: options.signal,
    ...(config.averageDecay > 0 ? { averageDecay: config.averageDecay } : {}),
    ...(options.resume ? { resumeFrom: checkpoint } : {}),
    ...(config.validateEveryEpochs > 0 && cases.validation.length > 0
      ? {
          validate: () => validateCases(network, cases.validation, config.preprocessing),
          validateEvery: config.validateEveryEpochs * config.stepsPerEpoch,
        }
      : {}),
  }).pipe(
    tap((event) => {
      appendFileSync(metrics, `${JSON.stringify(event)}\n`);
      options.onEvent(event);
    }),
  );
  try {
    await lastValueFrom(events, { defaultValue: undefined });
  } finally {
    network.dispose();
  }
}

function checkFolder(folder: string, checkpoint: string, resume: boolean): void {
  if (resume && !existsSync(checkpoint)) {
    throw new InvalidArgumentError(`There is no run to resume in ${folder}: ${checkpoint} is missing.`);
  }
  if (!resume && existsSync(checkpoint)) {
    throw new InvalidArgumentError(
      `${folder} already holds a run. Go on with --resume, or give another folder by --set output=FOLDER.`,
    );
  }
}

/** The weights of a safetensors file; of a checkpoint, those that its training would go on from. */
async function readWeights(path: string): Promise<StateDict> {
  const { tensors } = await readFile(path)
    .then(parseSafetensors)
    .catch((cause: unknown) => {
      throw new ReadError(path, `${path} can't be read as weights: ${(cause as Error).message}`, { cause });
    });
  const own = [...tensors].filter(([name]) => name.startsWith('weights/'));
  if (own.length > 0) return new Map(own.map(([name, array]) => [name.slice('weights/'.length), array]));
  return tensors;
}
