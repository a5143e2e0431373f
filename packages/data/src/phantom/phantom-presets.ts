import type { PhantomOptions } from './sample-grid.js';

/** Options of phantoms by what they are for; what an entry leaves out is drawn. */
export const PHANTOM_PRESETS = {
  /** Anything a scanner may give: for training. */
  any: {},
  /** Clara's grid, 0.8 x 0.8 x 5 mm, whole chests. */
  clara: { spacing: [0.8, 0.8, 5], size: [420, 420, 70], coverage: 'chest', flips: false },
  /** Thin slices. */
  thin: { spacing: [0.7, 0.7, 1.25], coverage: 'chest' },
  /** A part of the chest, as in scans that were cut. */
  cropped: { coverage: 'cropped' },
  /** No lung in view: what a segmentation must leave empty. */
  abdomen: { coverage: 'abdomen' },
  /** A head without any lung, but with air in nose and sinuses. */
  head: { coverage: 'head' },
  /** Coarse and quick: for pictures. */
  preview: { spacing: [1.5, 1.5, 4], size: [280, 230, 84], flips: false },
  /** Rendered in a fraction of a second: for tests. */
  tiny: { spacing: [6, 6, 12], size: [64, 52, 28], coverage: 'chest', flips: false },
} as const satisfies Readonly<Record<string, PhantomOptions>>;

/** The name of one of {@link PHANTOM_PRESETS}. */
export type PhantomPreset = keyof typeof PHANTOM_PRESETS;
