import { z } from 'zod';

const positiveInteger = z.number().int().positive();
const probability = z.number().gt(0).lt(1);

/** How a trained run becomes a model for inference. Nothing in it is code. */
export const exportSchema = z.strictObject({
  /** The run's folder; relative to where the user stands. */
  run: z.string().min(1).default('runs/quick'),
  /** `best`, `last`, or the name of a checkpoint in the run's folder. */
  checkpoint: z.string().min(1).default('best'),
  /** The folder of another run of the same network: the model is a mean of both runs' weights, the same checkpoint of each. */
  meanWith: z.string().min(1).optional(),
  /** How much of that mean is the other run's; half by default. */
  meanShare: z.number().gt(0).lt(1).optional(),
  /** The model's folder; the folder `model` of the run by default. */
  output: z.string().min(1).optional(),
  /** The run's name by default. */
  name: z.string().min(1).optional(),
  version: z.string().default('1.0.0'),
  /** How weights are stored: half of the size is F16 or BF16. */
  float: z.enum(['F32', 'F16', 'BF16']).default('F32'),
  /** Whether to write model.onnx, too, for other runtimes. */
  onnx: z.boolean().default(false),
  inference: z
    .strictObject({
      /** How many voxels go through the network at once, as x, y, z. */
      window: z.tuple([positiveInteger, positiveInteger, positiveInteger]).default([320, 256, 64]),
      /** Share of a window that its neighbour covers, too. */
      overlap: z.number().min(0).lt(1).default(0.25),
      /** Bodies thinner than this from front to back, in mm, are sampled more finely, as if they were so thick; none by default. */
      leastBodyDepth: z.number().positive().optional(),
      /** What the network is shown for all that is darker, in HU, so that emphysema looks like other lung; none by default. */
      leastHu: z.number().optional(),
      /** Probabilities from which on a voxel is possibly lung, and lung; as models have it by default. */
      levels: z.tuple([probability, probability]).optional(),
    })
    .prefault({}),
  licence: z.string().min(1).default('not stated'),
});

/** A validated {@link exportSchema}. */
export type ExportConfig = z.infer<typeof exportSchema>;
