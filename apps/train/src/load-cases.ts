import { Rng, type Volume } from '@lungseg/core';
import { loadSample, renderPhantom, samplePhantomParams } from '@lungseg/data';
import type { CaseEntries, CaseFiles } from './case-entries.js';
import type { TrainConfig } from './config.js';
import { prepareCase, type PreparedCase } from './prepare-case.js';

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
  readonly data: Pick<TrainConfig['data'], 'phantoms'>;
};

/**
 * Reads the cases on disk, makes the config's phantoms, and prepares them all.
 *
 * @param which `validation` leaves out the phantoms for training
 * @throws ReadError when a file is missing or damaged, or an image and its label lie on different grids
 */
export async function loadCases(
  config: PreparationConfig,
  entries: CaseEntries,
  onPrepared: OnPrepared,
  signal?: AbortSignal,
  which: 'all' | 'validation' = 'all',
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
  const read = async (list: readonly CaseFiles[]): Promise<PreparedCase[]> => {
    const cases: PreparedCase[] = [];
    for (const entry of list) cases.push(await report(await readCase(entry, config.preprocessing)));
    return cases;
  };
  const make = async (first: number, count: number): Promise<PreparedCase[]> => {
    const cases: PreparedCase[] = [];
    for (let i = first; i < first + count; i++) cases.push(await report(makePhantom(i, config)));
    return cases;
  };
  const real = await read(training);
  const validationReal = await read(validation);
  return {
    real,
    phantoms: await make(0, trainingPhantoms),
    validation: [...validationReal, ...(await make(phantoms.count, phantoms.validationCount))],
  };
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
  return { ...volume, data: Uint8Array.from(volume.data, (value) => (value > 0 ? 1 : 0)), kind: 'label' };
}

function makePhantom(index: number, config: PreparationConfig): PreparedCase {
  const { seed, spacing, coverage } = config.data.phantoms;
  const rng = new Rng(seed * 100_003 + index);
  const { image, label } = renderPhantom(
    samplePhantomParams(rng, {
      ...(spacing === undefined ? {} : { spacing }),
      ...(coverage === undefined ? {} : { coverage }),
    }),
  );
  return prepareCase(`phantom-${index}`, image, label, config.preprocessing, rng);
}
