import { Rng, type Json, type Transform } from '@lungseg/core';
import {
  compose,
  mapInOrder,
  openPull,
  PullStream,
  transformTraced,
  type TracedSample,
} from '@lungseg/transforms';
import type { OperatorFunction } from 'rxjs';
import type { DatalistEntry } from '../datalist/datalist.js';
import { contentKey } from './content-key.js';
import { fromAbortable } from './from-abortable.js';
import { loadSample, type LoadSamplesOptions } from './load-samples.js';
import type { SampleStore } from './sample-store.js';

/** Options of {@link cacheSamples}. */
export interface CacheSamplesOptions extends LoadSamplesOptions {
  /** Where prepared samples are kept. */
  readonly store: SampleStore;
  /** What is done to a case once: transforms that draw nothing. */
  readonly prepare: readonly Transform[];
}

/**
 * Reads the cases of a datalist and prepares them, as `loadSamples` and `applyTransforms` do, but each only once: later it
 * comes from a store. A kept sample is found by the content of all files that it is read from, and by the names and options of the transforms, so
 * that a file that changed is read anew, and other options make samples anew (within one subscription, files are taken not
 * to change). The code of a transform isn't looked at: where that changed, empty the store, or note a version among the
 * options of a transform of yours.
 *
 * @param options store and transforms; how many ahead, and what an error does
 * @throws InvalidArgumentError when `ahead` is not a positive integer, or a transform has no options
 * @example
 * const { prepare, augment } = claraCovid19LungTraining();
 * from(training).pipe(
 *   repeatEpochs({ seed: 1 }),
 *   cacheSamples({ store: memoryStore({ budgetBytes: 8e9 }), prepare: [prepare] }),
 *   applyTransforms([augment], { seed: 2 }),
 * );
 */
export function cacheSamples(options: CacheSamplesOptions): OperatorFunction<DatalistEntry, TracedSample> {
  const { store, prepare, images = 'ct', ...settings } = options;
  const steps = compose(prepare);
  const made: Json = { images, prepare: steps.options };
  const inProgress = new Map<string, Promise<TracedSample>>();
  const make = async (entry: DatalistEntry, key: string, signal: AbortSignal): Promise<TracedSample> => {
    const sample = transformTraced(steps, await loadSample(entry, { images, signal }), new Rng(0));
    signal.throwIfAborted();
    await store.put(key, sample);
    return sample;
  };
  type Keys = Map<string, string>;
  const produce = async (entry: DatalistEntry, keys: Keys, signal: AbortSignal): Promise<TracedSample> => {
    const paths = JSON.stringify([entry.image, entry.label]);
    const key = keys.get(paths) ?? (await contentKey(entry, made, signal));
    keys.set(paths, key);
    const found = await store.get(key);
    // The same files may lie under another name by now.
    if (found !== undefined) return { ...found, name: entry.image };
    // A case that is being made for an earlier place in the stream is waited for.
    const earlier = inProgress.get(key);
    if (earlier !== undefined) {
      await earlier.catch(() => undefined);
      return produce(entry, keys, signal);
    }
    const making = make(entry, key, signal);
    inProgress.set(key, making);
    return making.finally(() => inProgress.delete(key));
  };
  const mapWith = (keys: Keys): OperatorFunction<DatalistEntry, TracedSample> =>
    mapInOrder((entry) => fromAbortable((signal) => produce(entry, keys, signal)), { ahead: 2, ...settings });
  // Wrong settings are refused here, not on subscribing.
  mapWith(new Map());
  return (source) => new PullStream((sink) => openPull(source.pipe(mapWith(new Map())), sink));
}
