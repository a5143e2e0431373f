import { PHANTOM_PRESETS } from '@lungseg/data';
import { z } from 'zod';

const positiveInteger = z.number().int().positive();

/** How a shipped model is made and judged, from nothing to its table of results. Nothing in it is code. */
export const programmeSchema = z.strictObject({
  name: z.string().min(1),
  version: z.string().regex(/^\d+\.\d+\.\d+/),
  /** Where its runs, models and results go; relative to where the user stands. */
  output: z.string().min(1),
  /**
   * The config of a run that all folds begin from: without any of the folds' cases, such as phantoms alone. Of several, each
   * begins from the one before.
   */
  pretraining: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string().min(1)))
    .default([]),
  /** The config of the folds' runs, with data.folds. */
  folds: z.string().min(1),
  /** The config of runs that go on from the folds' weights, each on its own fold. */
  tuning: z.string().min(1).optional(),
  /**
   * How much of each fold's model are the weights, averaged over steps where they are, of the run before its last one: of the
   * fold's with tuning, else of the pretraining. By default half with tuning, else none.
   */
  keepInitial: z.number().min(0).lt(1).optional(),
  /** A folder with a folder a case, as infer:evaluate takes it; patients of the datalist are folders in it, without commas. */
  cases: z.string().min(1),
  /** The fold whose model is the one that is shipped. */
  shippedFold: z.number().int().min(0).default(0),
  /** Phantoms that each fold's model is judged by, too; it was trained on others. */
  phantoms: z
    .strictObject({
      presets: z.array(z.enum(Object.keys(PHANTOM_PRESETS))).default([]),
      /** Of each preset. */
      count: positiveInteger.default(2),
      seed: z.number().int().min(0).default(9000),
    })
    .prefault({}),
  /** As train:export takes it by --set. */
  export: z.record(z.string(), z.unknown()).default({}),
});

/** A validated {@link programmeSchema}. */
export type Programme = z.infer<typeof programmeSchema>;
