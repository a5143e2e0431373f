import { ReadError, sameGrid, type Sample } from '@lungseg/core';
import { readCt, readVolume } from '@lungseg/io';
import { mapInOrder, traceSample, type OnError, type TracedSample } from '@lungseg/transforms';
import type { OperatorFunction } from 'rxjs';
import type { DatalistEntry } from '../datalist/datalist.js';
import { fromAbortable } from './from-abortable.js';

/** How far apart, in mm, the same corner of an image and its label may lie. */
const GRID_TOLERANCE_MM = 0.1;

/**
 * What the images of a data set are. `ct`: in HU, refused where they can't be, and what lies outside of the scanner's
 * circle becomes air, as io's `readCt` does and inference therefore sees. `any`: numbers as they stand in the file.
 */
export type ImageKind = 'ct' | 'any';

/** Options of {@link loadSample}. */
export interface LoadSampleOptions {
  /** What the images are; `ct` by default. */
  readonly images?: ImageKind;
  /** Stops the reading. */
  readonly signal?: AbortSignal;
}

/** Options of {@link loadSamples}. */
export interface LoadSamplesOptions extends Omit<LoadSampleOptions, 'signal'> {
  /** How many may be read at once, or wait to be taken; 2 by default. */
  readonly ahead?: number;
  /**
   * What an error does: ends the stream with it, by default, or is reported, and its case is left out. An error of the
   * report ends the stream.
   */
  readonly onError?: OnError<DatalistEntry>;
}

/**
 * Reads the cases of a datalist, in order, a few ahead: samples of `image`, and `label` where there is one, named by
 * their image's path. Nothing is read before it is asked for, and no more than `ahead`. Unsubscribing stops what is being
 * read.
 *
 * @param options what the images are, how many ahead, and what an error does
 * @returns an operator that fails with a ReadError that names the file
 * @throws InvalidArgumentError when `ahead` is not a positive integer
 * @example
 * from(training).pipe(repeatEpochs({ seed: 1 }), loadSamples({ ahead: 2 }));
 */
export function loadSamples(options: LoadSamplesOptions = {}): OperatorFunction<DatalistEntry, TracedSample> {
  const { images = 'ct', ...settings } = options;
  return mapInOrder((entry) => fromAbortable((signal) => loadSample(entry, { images, signal })), {
    ahead: 2,
    ...settings,
  });
}

/**
 * Reads one case.
 *
 * @param entry of a datalist
 * @param options what the image is, and a signal that stops the reading
 * @throws ReadError when a file is missing or damaged, or image and label lie on different grids
 * @throws UnsupportedError when the image should be a CT, and its numbers can't be HU
 * @example
 * const { volumes } = await loadSample({ image: 'ct.nii.gz', label: 'lungs.nii.gz' });
 */
export async function loadSample(
  entry: DatalistEntry,
  options: LoadSampleOptions = {},
): Promise<TracedSample> {
  const { images = 'ct', ...reading } = options;
  const { volume: image } = await (images === 'ct' ? readCt : readVolume)(entry.image, reading);
  if (entry.label === undefined) return traceSample(entry.image, { image });
  const { volume: label } = await readVolume(entry.label, { ...reading, kind: 'label' });
  if (!sameGrid(image.geometry, label.geometry, GRID_TOLERANCE_MM)) {
    throw new ReadError(
      entry.label,
      `${entry.label} must lie on the grid of ${entry.image}, ${image.geometry.size.join(' x ')}. Received: ${label.geometry.size.join(' x ')} voxels, or the same elsewhere. Resample it first.`,
    );
  }
  const volumes: Sample = { image, label };
  return traceSample(entry.image, volumes);
}
