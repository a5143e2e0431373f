import type { Vec3, Volume } from '@lungseg/core';
import { classProbability, fitWindow, slidingWindow, windowOrigins } from '@lungseg/inferers';
import type { LoadedModel, ModelDescription } from '@lungseg/models';
import { postProcess, type Lungs } from './post-process.js';
import { prepare, type PreparedImage } from './prepare.js';
import { restoreMask } from './restore.js';
import { StageClock } from './stages.js';

/** Options of {@link segment}. */
export interface SegmentOptions {
  /** Says how many voxels a window may have, as x, y, z; the model's by default. Its shape follows from the image. */
  readonly window?: Vec3;
  /** Measures the stages. */
  readonly clock?: StageClock;
  /** Called after each window. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Called when the CT lies on the network's grid. */
  readonly onPrepared?: (details: PreparedDetails) => void;
  /** Stops between windows and stages. */
  readonly signal?: AbortSignal;
}

/** How a CT is given to the network. */
export interface PreparedDetails {
  /** Voxels along x, y, z on the network's grid, padding included. */
  readonly gridSize: Vec3;
  readonly window: Vec3;
  /** How many windows. */
  readonly windows: number;
}

/** What {@link segment} gives. */
export interface Segmentation extends Lungs, PreparedDetails {}

/**
 * Segments the lungs of a CT: to the network's grid, through the network by sliding window, and back to the CT's grid.
 *
 * @param image in HU
 * @param model a loaded model, on tfjs's current backend
 * @param options window, progress, signal
 * @returns masks on exactly the image's grid; empty where no lung is found
 */
export async function segment(
  image: Volume,
  model: LoadedModel,
  options: SegmentOptions = {},
): Promise<Segmentation> {
  const { clock = new StageClock(), signal, onProgress } = options;
  const { description, network } = model;
  const prepared = await clock.measure('prepare', () =>
    prepare(image, description.preprocessing, network.sizeMultiple),
  );
  const details = planWindows(prepared, model, options.window ?? description.inference.window);
  options.onPrepared?.(details);
  const probability = await clock.measure('network', () =>
    lungProbability(prepared, model, details.window, {
      ...(onProgress === undefined ? {} : { onProgress }),
      ...(signal === undefined ? {} : { signal }),
    }),
  );
  signal?.throwIfAborted();
  const raw = await clock.measure('restore', () => restoreMask(probability, prepared, image.geometry));
  signal?.throwIfAborted();
  const lungs = await clock.measure('post-process', () => postProcess(raw, prepared.body));
  return { ...lungs, ...details };
}

function planWindows(
  { field }: PreparedImage,
  { description, network }: LoadedModel,
  largest: Vec3,
): PreparedDetails {
  const { overlap } = description.inference;
  const window = fitWindow(field.size, { largest, multiple: network.sizeMultiple, overlap });
  return { gridSize: field.size, window, windows: windowOrigins(field.size, window, overlap).length };
}

async function lungProbability(
  { field, air }: PreparedImage,
  { description, network }: LoadedModel,
  window: Vec3,
  options: Pick<SegmentOptions, 'onProgress' | 'signal'>,
): Promise<Float32Array> {
  const { overlap } = description.inference;
  const logits = await slidingWindow(field, (x) => network.apply(x, 'evaluate'), {
    ...(options as object),
    window,
    overlap,
    mode: 'gaussian',
    paddingValue: air,
  });
  return classProbability(
    logits.map(({ data }) => data),
    lungChannel(description),
  );
}

/** The channel that a model's description calls lung; 1 where it has none of that name. */
function lungChannel({ labels }: ModelDescription): number {
  const named = Object.entries(labels).find(([, name]) => name === 'lung');
  return named === undefined ? 1 : Number(named[0]);
}
