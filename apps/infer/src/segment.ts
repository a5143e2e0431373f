import type { Vec3, Volume } from '@lungseg/core';
import {
  fitWindow,
  slidingWindowBytes,
  slidingWindowProbability,
  windowOrigins,
  withFlips,
  type FlipAxis,
  type Predictor,
} from '@lungseg/inferers';
import type { LoadedModel, ModelDescription } from '@lungseg/models';
import { summarizeAHNet } from '@lungseg/networks';
import { postProcess, type Lungs } from './post-process.js';
import { prepare, type PreparedImage } from './prepare.js';
import { restoreLevels } from './restore.js';
import { StageClock } from './stages.js';

const FLOAT_BYTES = 4;

/** Options of {@link segment}. */
export interface SegmentOptions {
  /** Says how many voxels a window may have, as x, y, z; the model's by default. Its shape follows from the image. */
  readonly window?: Vec3;
  /** Bytes that inference may take, buffers and network together: chooses the window instead of {@link window}'s voxels. */
  readonly memory?: number;
  /** Windows that go through the network at once; 1 by default. */
  readonly batch?: number;
  /** Axes along which mirror images are averaged over; none by default. */
  readonly flips?: readonly FlipAxis[];
  /** Applies the network; by default the model's, as it is. */
  readonly predict?: Predictor;
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
  /** mm from voxel to voxel there, along x, y, z. */
  readonly gridSpacing: Vec3;
  readonly window: Vec3;
  /** How many windows. */
  readonly windows: number;
  /** What the buffers of sliding take, exactly. */
  readonly bufferBytes: number;
  /** What the network's feature maps take at most. */
  readonly networkBytes: number;
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
  const { clock = new StageClock(), signal } = options;
  const { description, network } = model;
  const prepared = await clock.measure('prepare', () => prepare(image, description, network.sizeMultiple));
  const details = planWindows(prepared, model, options);
  options.onPrepared?.(details);
  const probability = await clock.measure('network', () =>
    lungProbability(prepared, model, details.window, options),
  );
  signal?.throwIfAborted();
  const levels = await clock.measure('restore', () =>
    restoreLevels(probability, prepared, image.geometry, description.inference.levels),
  );
  signal?.throwIfAborted();
  const lungs = await clock.measure('post-process', () => postProcess(levels, prepared.body, image));
  return { ...lungs, ...details };
}

function planWindows(
  { field, grid }: PreparedImage,
  { description, network }: LoadedModel,
  { window: wanted, memory, batch = 1 }: SegmentOptions,
): PreparedDetails {
  const { inference } = description;
  const { overlap } = inference;
  const bufferBytes = (window: Vec3): number =>
    slidingWindowBytes({
      size: field.size,
      window,
      batch,
      channels: description.network.outChannels,
      probability: true,
    });
  const networkBytes = ([x, y, z]: Vec3): number =>
    FLOAT_BYTES * summarizeAHNet(description.network, [batch, z, y, x, 1]).peakValues;
  const window = fitWindow(field.size, {
    largest: wanted ?? inference.window,
    multiple: network.sizeMultiple,
    overlap,
    ...(memory === undefined
      ? {}
      : { fits: (candidate: Vec3) => bufferBytes(candidate) + networkBytes(candidate) <= memory }),
  });
  return {
    gridSize: field.size,
    gridSpacing: grid.spacing,
    window,
    windows: windowOrigins(field.size, window, overlap).length,
    bufferBytes: bufferBytes(window),
    networkBytes: networkBytes(window),
  };
}

async function lungProbability(
  { field }: PreparedImage,
  { description, network }: LoadedModel,
  window: Vec3,
  {
    predict = (x) => network.apply(x, 'evaluate'),
    flips = [],
    batch = 1,
    onProgress,
    signal,
  }: SegmentOptions,
): Promise<Float32Array> {
  const { data } = await slidingWindowProbability(field, withFlips(predict, flips), {
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
    window,
    overlap: description.inference.overlap,
    mode: 'gaussian',
    batch,
    classIndex: lungChannel(description),
  });
  return data;
}

/** The channel that a model's description calls lung; 1 where it has none of that name. */
function lungChannel({ labels }: ModelDescription): number {
  const named = Object.entries(labels).find(([, name]) => name === 'lung');
  return named === undefined ? 1 : Number(named[0]);
}
