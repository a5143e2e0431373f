import { z } from 'zod';
import { dataSchema } from '../config-schema.js';

/** How a trained run is judged. Nothing in it is code. */
export const validateSchema = z.strictObject({
  /** The run's folder; relative to where the user stands. */
  run: z.string().min(1).default('runs/quick'),
  /** `best`, `last`, or the name of a checkpoint in the run's folder. */
  checkpoint: z.string().min(1).default('best'),
  /** Other cases than the run's own: the validation cases of this. */
  data: dataSchema.optional(),
  /** Of surface Dice. */
  toleranceMm: z.number().min(0).default(2),
  /** How many of the worst cases get a picture. */
  previews: z.number().int().min(0).default(3),
  /** Where the results go; the folder `evaluation` of the run by default. */
  output: z.string().min(1).optional(),
});

/** A validated {@link validateSchema}. */
export type ValidateConfig = z.infer<typeof validateSchema>;
