import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { choosePrecision, type BackendInfo, type Precision } from '@lungseg/backend';
import { InvalidArgumentError, parseSafetensors, ReadError, type StateDict } from '@lungseg/core';
import { assertWritable, makeFolder } from '@lungseg/io';
import { diceCrossEntropyLoss, diceLoss } from '@lungseg/losses';
import { dice } from '@lungseg/metrics';
import { AHNet } from '@lungseg/networks';
import { DynamicLossScale, train, type TrainingEvent } from '@lungseg/trainer';
import { slicePicture } from '@lungseg/visualize';
import { concatMap, lastValueFrom } from 'rxjs';
import { caseEntries } from './case-entries.js';
import { checkConfig } from './check-config.js';
import type { TrainConfig } from './config.js';
import { IGNORED_LABEL } from './ignore-lesions.js';
import { loadCases, type OnPrepared, type RunCases } from './load-cases.js';
import { optimizerOf, scheduleOf } from './optimization.js';
import { environmentOf, initialWeightsOf, makeManifest } from './records/manifest.js';
import { RunRecords } from './records/run-records.js';
import { checkResumedNetwork } from './resumed-network.js';
import { SampleThreads } from './samples/sample-threads.js';
import { segmentCase } from './segment-case.js';

/** Pixels of a picture's slices: TensorBoard's file keeps one of each case at each validation, of about 0.4 MB so. */
const TILE_WIDTH = 240;

/** What a run reports to whoever shows it. */
export interface RunListeners {
  readonly onPrepared: OnPrepared;
  readonly onEvent: (event: TrainingEvent) => void;
  /** A validation case is about to be segmented: its number from 1, of how many. */
  readonly onValidating: (name: string, number: number, total: number) => void;
}

/** How a run begins and ends. */
export interface RunOptions extends RunListeners {
  /** Makes a config's relative paths absolute. */
  readonly resolvePath: (path: string) => string;
  /** Go on from the last whole checkpoint in the output folder. */
  readonly resume: boolean;
  readonly backend: BackendInfo;
  readonly signal: AbortSignal;
}

/**
 * Makes the folder of a run, and checks that it is the right one.
 *
 * @returns its absolute path
 * @throws InvalidArgumentError when it holds another run and `resume` wasn't asked for, or when it was and there is
 *   nothing to go on from, or a run of another network
 * @throws WriteError when no file can be written there
 */
export async function openRunFolder(
  config: TrainConfig,
  { resolvePath, resume }: Pick<RunOptions, 'resolvePath' | 'resume'>,
): Promise<string> {
  const folder = resolvePath(config.output);
  const holdsRun =
    existsSync(join(folder, 'last.safetensors')) || existsSync(join(folder, 'best.safetensors'));
  if (resume && !existsSync(folder)) {
    throw new InvalidArgumentError(
      `There is no run to resume: ${folder} does not exist. Start it without --resume.`,
    );
  }
  if (!resume && holdsRun) {
    throw new InvalidArgumentError(
      `${folder} already holds a run. Go on with --resume, or give another folder by --set output=FOLDER.`,
    );
  }
  if (resume) checkResumedNetwork(config, folder);
  await assertWritable(join(folder, 'config.json'));
  await makeFolder(folder);
  return folder;
}

/**
 * Trains as a config says, and keeps records in the run's folder.
 *
 * @param folder from {@link openRunFolder}
 */
export async function runTraining(config: TrainConfig, folder: string, options: RunOptions): Promise<void> {
  const { resolvePath, resume, signal } = options;
  const precision = await choosePrecision(config.precision, options.backend);
  const entries = await caseEntries(config.data, resolvePath);
  const records = new RunRecords(folder);
  const environment = environmentOf(options.backend, precision);
  const initial =
    config.initialWeights === undefined || resume
      ? undefined
      : await readWeights(resolvePath(config.initialWeights));
  const manifest = await makeManifest(
    config,
    environment,
    entries,
    resume ? initialWeightsOf(folder) : initial?.sha256,
  );
  const describe = async (): Promise<void> => {
    await records.json('config', config);
    await records.json('manifest', manifest);
  };
  if (!resume) {
    await records.begin();
    await describe();
  }
  records.log(`${config.name}: ${options.backend.description}, convolutions in ${precision}`);
  const network = new AHNet(config.network, config.seed);
  network.recompute = config.recompute;
  network.precision = precision;
  let samples: SampleThreads | undefined;
  try {
    checkConfig(config, entries, network.sizeMultiple);
    if (initial !== undefined) network.loadStateDict(initial.state);
    const { cache } = config.data.phantoms;
    const cases = await loadCases(config, entries, options.onPrepared, {
      phantomCache: cache === undefined ? undefined : resolvePath(cache),
      signal,
    });
    samples = new SampleThreads(config, cases);
    const events = train({
      ...trainingOf(config, network, samples),
      ...validationOf(config, network, cases, records, options),
      about: JSON.stringify({ config, ...environment }),
      folder,
      resume,
      signal,
    }).pipe(
      concatMap(async (event) => {
        // What the folder says of its run stays until it is sure that the run goes on with this config.
        if (event.type === 'resume') await describe();
        await records.event(event);
        options.onEvent(event);
      }),
    );
    await lastValueFrom(events, { defaultValue: undefined });
  } catch (error) {
    records.log(`Ended: ${(error as Error).message}`);
    throw error;
  } finally {
    samples?.close();
    network.dispose();
  }
}

type TrainOptions = Parameters<typeof train>[0];

function trainingOf(
  config: TrainConfig,
  network: AHNet,
  samples: SampleThreads,
): Omit<TrainOptions, 'folder' | 'resume' | 'signal'> {
  const { optimizer, epochs, stepsPerEpoch, averageDecay, checkpoints } = config;
  const totalSteps = epochs * stepsPerEpoch;
  const renormalizeAt = config.renormalizeFrom * totalSteps;
  return {
    network,
    networkOptions: JSON.stringify(network.options),
    loss: lossOf(config),
    optimizer: optimizerOf(config),
    schedule: scheduleOf(config),
    sampleAt: (index) => samples.sampleAt(index),
    nameOfSample: (index) => samples.nameOfSample(index),
    samplesPerStep: optimizer.samplesPerStep,
    ...(optimizer.maxGradientNorm > 0 ? { maxGradientNorm: optimizer.maxGradientNorm } : {}),
    ...(isLossScaled(config, network.precision) ? { lossScale: new DynamicLossScale() } : {}),
    modeAt: (step) => (step < renormalizeAt ? 'train' : 'renormalize'),
    totalSteps,
    stepsPerEpoch,
    checkpointEvery: checkpoints.everySteps === 0 ? stepsPerEpoch : checkpoints.everySteps,
    keepCheckpoints: checkpoints.keep,
    ...(averageDecay > 0 ? { averageDecay } : {}),
    ...(config.patience > 0 ? { patience: config.patience } : {}),
  };
}

function lossOf({ loss, data }: TrainConfig): TrainOptions['loss'] {
  const options = data.lesionsLeftOut.cases.length === 0 ? {} : { ignoreLabel: IGNORED_LABEL };
  return loss === 'dice' ? diceLoss(options) : diceCrossEntropyLoss(options);
}

/** Small gradients vanish in float16 alone: the others' exponents are as long as each other. */
function isLossScaled({ optimizer: { lossScaling } }: TrainConfig, precision: Precision): boolean {
  return lossScaling === 'dynamic' || (lossScaling === 'auto' && precision === 'float16');
}

function validationOf(
  config: TrainConfig,
  network: AHNet,
  { validation }: RunCases,
  records: RunRecords,
  { onValidating }: RunListeners,
): Pick<TrainOptions, 'validate' | 'validateEvery'> {
  if (config.validateEveryEpochs === 0 || validation.length === 0) return {};
  return {
    validateEvery: config.validateEveryEpochs * config.stepsPerEpoch,
    validate: async (step) => {
      const scores: Record<string, number> = {};
      for (const [index, item] of validation.entries()) {
        onValidating(item.name, index + 1, validation.length);
        const prediction = await segmentCase(network, item, config.preprocessing);
        const { image, label } = item.sample;
        scores[item.name] = dice(prediction, label);
        await records.picture(
          step,
          item.name,
          slicePicture(image, { reference: label, prediction }, { tileWidth: TILE_WIDTH }),
        );
      }
      return scores;
    },
  };
}

/** The weights of a safetensors file, and its hash; of a checkpoint, those that its training would go on from. */
async function readWeights(path: string): Promise<{ readonly state: StateDict; readonly sha256: string }> {
  const { tensors, sha256 } = await readFile(path)
    .then((bytes) => ({
      ...parseSafetensors(bytes),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    }))
    .catch((cause: unknown) => {
      throw new ReadError(path, `${path} can't be read as weights: ${(cause as Error).message}`, { cause });
    });
  const own = [...tensors].filter(([name]) => name.startsWith('weights/'));
  const state =
    own.length > 0 ? new Map(own.map(([name, array]) => [name.slice('weights/'.length), array])) : tensors;
  return { state, sha256 };
}
