import { availableParallelism } from 'node:os';
import { Rng, toJson, type Json, type Volume } from '@lungseg/core';
import { loadSample, prefetch } from '@lungseg/data';
import { inTurn } from '@lungseg/transforms';
import { fromEvent, lastValueFrom, NEVER, range, takeUntil, toArray } from 'rxjs';
import type { CaseEntries, CaseFiles } from './case-entries.js';
import type { TrainConfig } from './config.js';
import { ignoreLesions } from './ignore-lesions.js';
import { prepareCase, toSharedLabel, type PreparedCase } from './prepare-case.js';
import type { PhantomWorkOptions } from './samples/phantom-work.js';

/** Threads that make phantoms at most: each takes up to 1 GB. */
const PHANTOM_THREADS = 8;

/** The prepared cases of a run. */
export interface RunCases {
  readonly real: readonly PreparedCase[];
  readonly phantoms: readonly PreparedCase[];
  readonly validation: readonly PreparedCase[];
}

/** Tells what is being prepared: a name, and how many of how many are done. */
export type OnPrepared = (name: string, done: number, total: number) => void;

/** What preparation depends on. */
export type PreparationConfig = Pick<TrainConfig, 'preprocessing'> & {
  readonly data: Pick<TrainConfig['data'], 'phantoms' | 'lesionsLeftOut'>;
};

/** How cases are prepared. */
export interface LoadCasesOptions {
  /** `validation` leaves out the phantoms for training. */
  readonly which?: 'all' | 'validation';
  /** Where phantoms are kept from run to run. */
  readonly phantomCache?: string | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Reads the cases on disk, makes the config's phantoms, and prepares them all.
 *
 * @throws ReadError when a file is missing or damaged, or an image and its label lie on different grids
 */
export async function loadCases(
  config: PreparationConfig,
  entries: CaseEntries,
  onPrepared: OnPrepared,
  { which = 'all', phantomCache, signal }: LoadCasesOptions = {},
): Promise<RunCases> {
  const { phantoms } = config.data;
  const { training, validation } = entries;
  const trainingPhantoms = which === 'all' ? phantoms.count : 0;
  const total = training.length + validation.length + trainingPhantoms + phantoms.validationCount;
  let done = 0;
  const report = async (prepared: PreparedCase): Promise<PreparedCase> => {
    onPrepared(prepared.name, ++done, total);
    // Preparing blocks the thread for seconds; Ctrl-C and the progress bar want their turn.
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    return prepared;
  };
  const read = async (
    list: readonly CaseFiles[],
    finish: (item: PreparedCase, entry: CaseFiles) => PreparedCase = (item) => item,
  ): Promise<PreparedCase[]> => {
    const cases: PreparedCase[] = [];
    for (const entry of list) {
      cases.push(await report(finish(await readCase(entry, config.preprocessing), entry)));
    }
    return cases;
  };
  const make = (first: number, count: number): Promise<PreparedCase[]> =>
    lastValueFrom(
      range(first, count).pipe(
        prefetch<number, PreparedCase>({
          module: new URL('./samples/phantom-work.js', import.meta.url),
          options: phantomOptions(config, phantomCache),
          workers: Math.max(1, Math.min(count, PHANTOM_THREADS, availableParallelism())),
          // A phantom draws from a generator of its own, by its number.
          seed: 0,
          nameOf: (index) => `phantom-${index}`,
        }),
        inTurn((made) => report(made)),
        takeUntil(signal === undefined ? NEVER : fromEvent(signal, 'abort')),
        toArray(),
      ),
    );
  const real = await read(training, (item, entry) => toLearnFrom(item, entry, config));
  const validationReal = await read(validation);
  const made = await make(0, trainingPhantoms);
  const judged = await make(phantoms.count, phantoms.validationCount);
  signal?.throwIfAborted();
  return { real, phantoms: made, validation: [...validationReal, ...judged] };
}

/** A case without what its reference can't say, see {@link ignoreLesions}. */
function toLearnFrom(
  item: PreparedCase,
  { patient }: CaseFiles,
  { data: { lesionsLeftOut } }: PreparationConfig,
): PreparedCase {
  if (!lesionsLeftOut.cases.includes(patient)) return item;
  const { image, label } = item.sample;
  return {
    ...item,
    sample: { ...item.sample, label: toSharedLabel(ignoreLesions(image, label, lesionsLeftOut)) },
  };
}

function phantomOptions({ data, preprocessing }: PreparationConfig, cacheFolder?: string): Json {
  const options: PhantomWorkOptions = { data: { phantoms: data.phantoms }, preprocessing, cacheFolder };
  return toJson(options);
}

/**
 * Reads and prepares a case.
 *
 * @throws ReadError when a file is missing or damaged, or image and label lie on different grids
 * @throws UnsupportedError when the image's numbers can't be HU
 */
export async function readCase(
  { name, image, label }: CaseFiles,
  preprocessing: TrainConfig['preprocessing'],
): Promise<PreparedCase> {
  const { volumes } = await loadSample({ image, label });
  return prepareCase(name, volumes['image']!, asLungLabel(volumes['label']!), preprocessing, new Rng(0));
}

function asLungLabel(volume: Volume): Volume {
  // Not Uint8Array.from with a function, which lists its values first: 100 million of them end the process.
  const data = new Uint8Array(volume.data.length);
  for (let n = 0; n < data.length; n++) data[n] = volume.data[n]! > 0 ? 1 : 0;
  return { ...volume, data, kind: 'label' };
}
