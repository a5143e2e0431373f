import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ReadError } from '@lungseg/core';
import { saveModel, type ModelDescription } from '@lungseg/models';
import { exportOnnx } from '@lungseg/networks';
import { writeWhole } from '@lungseg/trainer';
import type { TrainConfig } from '../config.js';
import type { Environment } from '../records/manifest.js';
import { parseMetricsLine } from '../records/metrics-file.js';
import { RUN_FILES } from '../records/run-records.js';
import { judgedWeights, networkOf, type TrainedRun } from '../run-folder.js';
import type { ExportConfig } from './export-schema.js';
import type { Mean } from './mean-of-runs.js';
import { modelCard, type CardCase, type Evaluation } from './model-card.js';

/** The name of a model's card in its folder. */
export const CARD_FILE = 'MODEL_CARD.md';
/** The name of a model for other runtimes. */
export const ONNX_FILE = 'model.onnx';

/**
 * Writes a run's weights as a model's folder: `weights.safetensors`, `model.json` with their SHA-256, the card, and where
 * it is asked for `model.onnx`.
 * Choose the tfjs backend first.
 *
 * @param folder where to; made where it isn't there
 * @param evaluationFolder where train:validate has put its results, if it has
 * @param mean what the run's weights were averaged with, if they were
 * @returns the description that was written
 * @throws InvalidArgumentError when the weights don't fit the network that the checkpoint tells of
 */
export async function exportRun(
  run: TrainedRun,
  options: ExportConfig,
  folder: string,
  evaluationFolder: string,
  mean?: Mean,
): Promise<ModelDescription> {
  const { checkpoint, config } = run;
  const description = await saveModel(
    folder,
    {
      name: options.name ?? config.name,
      version: options.version,
      network: JSON.parse(checkpoint.network) as ModelDescription['network'],
      preprocessing: config.preprocessing,
      inference: options.inference,
      labels: { 0: 'other', 1: 'lung' },
      licence: options.licence,
      intendedUse: 'Research use only.',
    },
    judgedWeights(checkpoint),
    { float: options.float },
  );
  if (options.onnx) {
    const network = networkOf(checkpoint);
    await writeWhole(join(folder, ONNX_FILE), exportOnnx(network));
    network.dispose();
  }
  const manifest = await manifestOf(run.folder);
  // The config of the checkpoint, since a run may have gone on by another one.
  const about = JSON.parse(checkpoint.about) as { readonly config: TrainConfig } & Environment;
  const card = modelCard({
    description,
    config: about.config,
    environment: about,
    step: checkpoint.step,
    isAverage: checkpoint.averaged !== undefined,
    chosenByValidation: options.checkpoint === 'best',
    training: manifest.data.training,
    validation: manifest.data.validation,
    initialWeightsSha256: manifest.initialWeightsSha256,
    events: await eventsOf(run.folder),
    ...(mean === undefined ? {} : { mean }),
    evaluation: mean === undefined ? await evaluationOf(evaluationFolder, checkpoint.step) : undefined,
  });
  await writeWhole(join(folder, CARD_FILE), card);
  return description;
}

interface Manifest {
  readonly initialWeightsSha256?: string;
  readonly data: { readonly training: readonly CardCase[]; readonly validation: readonly CardCase[] };
}

async function manifestOf(folder: string): Promise<Manifest> {
  const path = join(folder, RUN_FILES.manifest);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Manifest;
  } catch (cause) {
    throw new ReadError(path, `${path}, which tells what the run was trained on, can't be read.`, { cause });
  }
}

async function eventsOf(folder: string): Promise<NonNullable<ReturnType<typeof parseMetricsLine>>[]> {
  const text = await readFile(join(folder, RUN_FILES.metrics), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => parseMetricsLine(line) ?? []);
}

/** What train:validate found; undefined where it found it with other weights, or was not asked. */
async function evaluationOf(folder: string, step: number): Promise<Evaluation | undefined> {
  const text = await readFile(join(folder, 'evaluation.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const evaluation = JSON.parse(text) as Evaluation;
  return evaluation.step === step ? evaluation : undefined;
}
