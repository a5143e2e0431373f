import { PRECISION_CHOICES } from '@lungseg/backend';
import { PHANTOM_COVERAGES } from '@lungseg/data';
import { UPSAMPLE_MODES } from '@lungseg/networks';
import { z } from 'zod';

const triple = <T extends z.ZodType<number>>(item: T): z.ZodTuple<[T, T, T], null> =>
  z.tuple([item, item, item]);
const positiveInteger = z.number().int().positive();
const share = z.number().min(0).max(1);
/** From, to. */
const range = (item: z.ZodNumber): z.ZodType<[number, number]> =>
  z
    .tuple([item, item])
    .refine(([from, to]) => from <= to, { error: 'the first must not be over the second' });

const networkSchema = z.strictObject({
  layers: z.tuple([positiveInteger, positiveInteger, positiveInteger, positiveInteger]).default([3, 4, 6, 3]),
  inChannels: z.literal(1).default(1),
  outChannels: z.literal(2).default(2),
  pspBlockNum: z.number().int().min(0).max(4).default(0),
  upsampleMode: z.enum(UPSAMPLE_MODES).default('trilinear'),
  width: z.number().positive().default(1),
});

/** The cases of a run. */
export const dataSchema = z.strictObject({
  /** A datalist in the Decathlon's form; left out where only phantoms are used. */
  datalist: z.string().optional(),
  /** How often a case is drawn, by its patient or file name; 1 where not named. */
  weights: z.record(z.string(), z.number().min(0)).default({}),
  /**
   * Cases whose reference leaves consolidated lung and tumour out, as one by a threshold does: dense voxels in the notches
   * of their lungs are not trained on. Where they validate, they stay as they are.
   */
  lesionsLeftOut: z
    .strictObject({
      /** By patient or file name, as weights name them. */
      cases: z.array(z.string()).default([]),
      /** Of the ball that doesn't fit into a notch, in mm. */
      radius: z.number().positive().default(30),
      /** From which HU on a voxel is dense. */
      fromHu: z.number().default(-400),
    })
    .prefault({}),
  phantoms: z
    .strictObject({
      count: z.number().int().min(0).default(0),
      validationCount: z.number().int().min(0).default(0),
      /** The share of samples that come from phantoms, where there are real cases, too. */
      share: share.default(0.3),
      seed: z.number().int().default(1),
      /** In mm, on which they are made; by default as scanners have it, which takes seconds for each. */
      spacing: triple(z.number().positive()).optional(),
      /** What of the body they show; by default drawn anew for each, mostly the chest. */
      coverage: z.enum(PHANTOM_COVERAGES).optional(),
      /** A folder where they are kept for later runs, prepared; by default they are made anew. */
      cache: z.string().optional(),
    })
    .prefault({}),
  /** Cross-validation: the datalist's training and validation cases, split anew by patient. 1 for as they are. */
  folds: z
    .strictObject({
      count: positiveInteger.default(1),
      /** Which fold validates, from 0. */
      index: z.number().int().min(0).default(0),
      seed: z.number().int().default(0),
    })
    .refine(({ count, index }) => index < count, { error: 'index must be below count' })
    .prefault({}),
});

const optimizerSchema = z.strictObject({
  name: z.enum(['adam', 'adamw', 'sgd']).default('adam'),
  learningRate: z.number().positive().default(1e-4),
  /** Of adamw (apart from the gradient) and sgd (added to it). */
  weightDecay: z.number().min(0).default(0),
  /** Of sgd. */
  momentum: z.number().min(0).lt(1).default(0.9),
  nesterov: z.boolean().default(false),
  schedule: z.enum(['constant', 'cosine', 'polynomial', 'step']).default('constant'),
  warmupSteps: z.number().int().min(0).default(0),
  /** Where cosine and polynomial end, as a share of the learning rate. */
  finalShare: share.default(0.02),
  /** Of polynomial. */
  power: z.number().positive().default(0.9),
  /** Of step: epochs between drops, and what the rate is multiplied by. */
  dropEveryEpochs: positiveInteger.default(100),
  dropFactor: z.number().positive().max(1).default(0.1),
  /** Samples whose gradients are averaged into one step. */
  samplesPerStep: positiveInteger.default(1),
  /** The largest norm of a step's gradients; 0 for any. */
  maxGradientNorm: z.number().min(0).default(0),
  /** `dynamic`: the loss is scaled up, and a step whose gradients overflow is left out. `auto`: where float16 needs it. */
  lossScaling: z.enum(['auto', 'none', 'dynamic']).default('auto'),
});

const augmentationKeys = z.strictObject({
  /** Probability of a flip along each axis. */
  flip: triple(share).default([0.5, 0.5, 0.5]),
  /** Largest rotation about each axis, in degrees. */
  rotateDegrees: triple(z.number().min(0).max(180)).default([0, 0, 0]),
  /** How many times larger the contents become along each axis: from, to. */
  zoom: range(z.number().positive()).default([1, 1]),
  /** Largest shift of all intensities, in HU. */
  shiftHu: z.number().min(0).default(0),
  /** Largest relative change of all intensities, about 0 HU. */
  scale: z.number().min(0).max(0.9).default(0),
  /** Largest standard deviation of added Gaussian noise, in HU. */
  noiseHu: z.number().min(0).default(0),
  noiseProbability: share.default(0.5),
  /** As if the scan's voxels had been larger: up to how many times along each axis. */
  lowResolution: triple(z.number().min(1)).default([1, 1, 1]),
  lowResolutionProbability: share.default(0),
  /** As if the scan had covered a part alone: from which share of a crop's extent along each axis on. */
  fieldOfView: triple(z.number().positive().max(1)).default([1, 1, 1]),
  fieldOfViewProbability: share.default(0),
  /** What another breath makes of aerated lung, or emphysema, as `simulateInflation` has it: from, to. */
  density: range(z.number().positive().max(2)).default([1, 1]),
  densityProbability: share.default(0),
  /** Most lesions that a crop of lung is given, of emphysema, ground glass and consolidation; and their half axes, in mm. */
  lesions: z.number().int().min(0).default(0),
  lesionRadius: range(z.number().positive()).default([8, 40]),
  lesionsProbability: share.default(0),
  /** Largest standard deviation of a Gaussian blur, in mm. */
  blur: z.number().min(0).default(0),
  blurProbability: share.default(0),
});

/** What is done to some samples: each has its probability beside it. */
const OCCASIONAL = ['noiseHu', 'lowResolution', 'fieldOfView', 'density', 'lesions', 'blur'] as const;

/** Refuses one of such a pair where the other's default has it do nothing; to be seen before defaults are put in. */
const augmentationSchema = z.preprocess((raw, context) => {
  // What doesn't fit is said first.
  if (!augmentationKeys.safeParse(raw).success) return raw;
  const given = raw as Readonly<Record<string, unknown>>;
  const defaults: Readonly<Record<string, unknown>> = augmentationKeys.parse({});
  const isOff = (key: string, value: unknown): boolean =>
    JSON.stringify(value) === JSON.stringify(key.endsWith('Probability') ? 0 : defaults[key]);
  for (const key of OCCASIONAL) {
    const probability = key === 'noiseHu' ? 'noiseProbability' : `${key}Probability`;
    for (const [asked, other] of [
      [key, probability],
      [probability, key],
    ] as const) {
      if (given[asked] === undefined || isOff(asked, given[asked])) continue;
      if (given[other] !== undefined || !isOff(other, defaults[other])) continue;
      const message = `needs ${other}, by whose default of ${JSON.stringify(defaults[other])} it does nothing`;
      context.addIssue({ code: 'custom', path: [asked], message });
    }
  }
  return raw;
}, augmentationKeys);

/** A training run. Nothing in it is code. */
export const configSchema = z.strictObject({
  name: z.string().min(1),
  /** Where the run's files go; relative to where the user stands. */
  output: z.string().min(1),
  seed: z.number().int().default(0),
  network: networkSchema.prefault({}),
  /** Whether the backward pass computes blocks again instead of keeping them: two thirds of the memory, more time. */
  recompute: z.boolean().default(false),
  /** What convolutions multiply in, forward and backward; `auto` takes the fastest that the device has units for. */
  precision: z.enum(PRECISION_CHOICES).default('float32'),
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
  /** Threads that make samples, beside the one that trains. */
  workers: positiveInteger.default(1),
  loss: z.enum(['dice', 'dice-cross-entropy']).default('dice'),
  optimizer: optimizerSchema.prefault({}),
  epochs: positiveInteger,
  stepsPerEpoch: positiveInteger,
  /** Epochs between validations of whole volumes; 0 for none. */
  validateEveryEpochs: z.number().int().min(0).default(0),
  /**
   * From this share of the run on, batch normalisation gives what it will give in inference, by batch renormalisation; 1 for
   * never. With one sample a batch, each sample's own statistics are otherwise what training sees and inference doesn't.
   */
  renormalizeFrom: share.default(1),
  /** Decay of the moving average of the weights; 0 for none. */
  averageDecay: z.number().min(0).max(0.99999).default(0),
  /** Ends the run when this many validations in a row weren't better than the best; 0 for never. */
  patience: z.number().int().min(0).default(0),
  checkpoints: z
    .strictObject({
      /** Steps between checkpoints; 0 for an epoch. */
      everySteps: z.number().int().min(0).default(0),
      /** How many of the last ones are kept. */
      keep: positiveInteger.default(2),
    })
    .prefault({}),
});

/** A validated {@link configSchema}. */
export type TrainConfig = z.infer<typeof configSchema>;
