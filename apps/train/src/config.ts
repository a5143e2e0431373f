import { readFileSync } from 'node:fs';
import { InvalidArgumentError, ReadError } from '@lungseg/core';
import { UPSAMPLE_MODES } from '@lungseg/networks';
import { z } from 'zod';

const triple = <T extends z.ZodType<number>>(item: T): z.ZodTuple<[T, T, T], null> =>
  z.tuple([item, item, item]);
const positiveInteger = z.number().int().positive();
const share = z.number().min(0).max(1);

const networkSchema = z.strictObject({
  layers: z.tuple([positiveInteger, positiveInteger, positiveInteger, positiveInteger]).default([3, 4, 6, 3]),
  inChannels: z.literal(1).default(1),
  outChannels: z.literal(2).default(2),
  pspBlockNum: z.number().int().min(0).max(4).default(0),
  upsampleMode: z.enum(UPSAMPLE_MODES).default('trilinear'),
  width: z.number().positive().default(1),
});

const dataSchema = z.strictObject({
  /** A datalist in the Decathlon's form; left out where only phantoms are used. */
  datalist: z.string().optional(),
  /** How often a case is drawn, by its patient or file name; 1 where not named. */
  weights: z.record(z.string(), z.number().min(0)).default({}),
  phantoms: z
    .strictObject({
      count: z.number().int().min(0).default(0),
      validationCount: z.number().int().min(0).default(0),
      /** The share of samples that come from phantoms, where there are real cases, too. */
      share: share.default(0.3),
      seed: z.number().int().default(1),
    })
    .prefault({}),
});

const augmentationSchema = z.strictObject({
  /** Probability of a flip along each axis. */
  flip: triple(share).default([0.5, 0.5, 0.5]),
  /** Largest rotation about each axis, in degrees. */
  rotateDegrees: triple(z.number().min(0).max(180)).default([0, 0, 0]),
  /** How many times larger the contents become along each axis: from, to. */
  zoom: z.tuple([z.number().positive(), z.number().positive()]).default([1, 1]),
  /** Largest shift of all intensities, in HU. */
  shiftHu: z.number().min(0).default(0),
  /** Largest relative change of all intensities, about 0 HU. */
  scale: z.number().min(0).max(0.9).default(0),
  /** Largest standard deviation of added Gaussian noise, in HU. */
  noiseHu: z.number().min(0).default(0),
  noiseProbability: share.default(0.5),
});

/** A training run. Nothing in it is code. */
export const configSchema = z.strictObject({
  name: z.string().min(1),
  /** Where the run's files go; relative to where the user stands. */
  output: z.string().min(1),
  seed: z.number().int().default(0),
  network: networkSchema.prefault({}),
  /** Weights to begin from: a safetensors file or a checkpoint. */
  initialWeights: z.string().optional(),
  data: dataSchema.prefault({}),
  preprocessing: z
    .strictObject({
      orientation: z.string().length(3).default('RAS'),
      spacing: triple(z.number().positive()).default([0.8, 0.8, 5]),
      intensity: z
        .strictObject({
          from: z.tuple([z.number(), z.number()]).default([-1500, 500]),
          to: z.tuple([z.number(), z.number()]).default([0, 1]),
        })
        .prefault({}),
    })
    .prefault({}),
  crop: z
    .strictObject({
      size: triple(positiveInteger).default([224, 224, 32]),
      /** How often a crop lies around a voxel of the lungs; else it lies anywhere. */
      foregroundProbability: share.default(0.75),
    })
    .prefault({}),
  augmentation: augmentationSchema.prefault({}),
  loss: z.enum(['dice', 'dice-cross-entropy']).default('dice'),
  optimizer: z
    .strictObject({
      learningRate: z.number().positive().default(1e-4),
      schedule: z.enum(['constant', 'cosine']).default('constant'),
      warmupSteps: z.number().int().min(0).default(0),
    })
    .prefault({}),
  epochs: positiveInteger,
  stepsPerEpoch: positiveInteger,
  /** Epochs between validations of whole volumes; 0 for none. */
  validateEveryEpochs: z.number().int().min(0).default(0),
  /** From this share of the run on, batch normalisation keeps its running statistics; 1 for never. */
  freezeNormalizationFrom: share.default(1),
  /** Decay of the moving average of the weights; 0 for none. */
  averageDecay: z.number().min(0).max(0.99999).default(0),
});

/** A validated {@link configSchema}. */
export type TrainConfig = z.infer<typeof configSchema>;

/**
 * Reads and validates a config, with overrides.
 *
 * @param path a JSON file
 * @param overrides `a.b=value` each; a value that is JSON is taken as such, any other as text
 * @throws ReadError when the file is missing or not JSON
 * @throws InvalidArgumentError when a key is unknown or a value doesn't fit; the text names the path
 */
export function loadConfig(path: string, overrides: readonly string[] = []): TrainConfig {
  const raw = parseJson(path);
  for (const override of overrides) applyOverride(raw, override);
  const result = configSchema.safeParse(raw);
  if (result.success) return result.data;
  const issues = result.error.issues.map(
    (issue) => `${issue.path.join('.') || '(top level)'}: ${issue.message}`,
  );
  throw new InvalidArgumentError(`${path} is not a valid config. ${issues.join('; ')}.`);
}

function parseJson(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ReadError(path, `No such config: ${path}. See the folder configs/ for examples.`, { cause });
  }
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new ReadError(path, `${path} is not JSON: ${(cause as Error).message}.`, { cause });
  }
}

function applyOverride(config: Record<string, unknown>, override: string): void {
  const at = override.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`--set takes key=value. Received: ${override}.`);
  const keys = override.slice(0, at).split('.');
  if (keys.some((key) => ['__proto__', 'constructor', 'prototype'].includes(key))) {
    throw new InvalidArgumentError(`--set can't change ${override.slice(0, at)}.`);
  }
  let target = config;
  for (const key of keys.slice(0, -1)) {
    target[key] ??= {};
    target = target[key] as Record<string, unknown>;
    if (typeof target !== 'object') throw new InvalidArgumentError(`--set: ${key} holds no further keys.`);
  }
  target[keys[keys.length - 1]!] = valueOf(override.slice(at + 1));
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
