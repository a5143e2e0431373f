import { ReadError, sameGrid, type Sample } from '@lungseg/core';
import { readVolume } from '@lungseg/io';
import { mapInOrder, traceSample, type MapInOrderOptions, type TracedSample } from '@lungseg/transforms';
import type { OperatorFunction } from 'rxjs';
import type { DatalistEntry } from '../datalist/datalist.js';
import { fromAbortable } from './from-abortable.js';

/** How far apart, in mm, the same corner of an image and its label may lie. */
const GRID_TOLERANCE_MM = 0.1;

/** Options of {@link loadSamples}. */
export interface LoadSamplesOptions {
  /** How many may be read at once, or wait to be taken; 2 by default. */
  readonly ahead?: number;
  /** What an error does: ends the stream with it, by default, or is reported, and its case is left out. */
  readonly onError?: 'stop' | ((error: unknown, entry: DatalistEntry) => void);
}

/**
 * Reads the cases of a datalist, in order, a few ahead: samples of `image`, and `label` where there is one, named by
 * their image's path. Nothing is read before it is asked for, and no more than `ahead`. Unsubscribing stops what is being
 * read.
 *
 * @param options how many ahead, and what an error does
 * @returns an operator that fails with a ReadError that names the file
 * @throws InvalidArgumentError when `ahead` is not a positive integer
 * @example
 * from(training).pipe(repeatEpochs({ seed: 1 }), loadSamples({ ahead: 2 }));
 */
export function loadSamples(options: LoadSamplesOptions = {}): OperatorFunction<DatalistEntry, TracedSample> {
  const settings: MapInOrderOptions<DatalistEntry> = { ahead: 2, ...options };
  return mapInOrder((entry) => fromAbortable((signal) => loadSample(entry, signal)), settings);
}

/**
 * Reads one case.
 *
 * @param entry of a datalist
 * @param signal stops the reading
 * @throws ReadError when a file is missing or damaged, or image and label lie on different grids
 */
export async function loadSample(entry: DatalistEntry, signal?: AbortSignal): Promise<TracedSample> {
  const options = signal === undefined ? {} : { signal };
  const { volume: image } = await readVolume(entry.image, options);
  if (entry.label === undefined) return traceSample(entry.image, { image });
  const { volume: label } = await readVolume(entry.label, { ...options, kind: 'label' });
  if (!sameGrid(image.geometry, label.geometry, GRID_TOLERANCE_MM)) {
    throw new ReadError(
      entry.label,
      `${entry.label} must lie on the grid of ${entry.image}, ${image.geometry.size.join(' x ')}. Received: ${label.geometry.size.join(' x ')} voxels, or the same elsewhere. Resample it first.`,
    );
  }
  const volumes: Sample = { image, label };
  return traceSample(entry.image, volumes);
}
