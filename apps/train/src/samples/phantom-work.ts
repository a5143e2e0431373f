// What the threads that make phantoms run: see loadCases.
import { createHash } from 'node:crypto';
import { Rng } from '@lungseg/core';
import { diskStore, renderPhantom, samplePhantomParams } from '@lungseg/data';
import { prepareCase, toShared, type PreparedCase } from '../prepare-case.js';
import type { TrainConfig } from '../config.js';

/** Part of what kept phantoms are found by: raised whenever phantoms or their preparation change. */
const VERSION = 1;

/** What phantoms depend on: the config, and the folder of those that were made before, where there is one. */
export interface PhantomWorkOptions extends Pick<TrainConfig, 'preprocessing'> {
  readonly data: Pick<TrainConfig['data'], 'phantoms'>;
  readonly cacheFolder?: string | undefined;
}

/** Gives a function that makes and prepares the phantom with a number. */
export function createWork(options: PhantomWorkOptions): (index: number) => Promise<PreparedCase> {
  const { cacheFolder } = options;
  if (cacheFolder === undefined) return (index) => Promise.resolve(makePhantom(index, options));
  const store = diskStore({ folder: cacheFolder });
  const { data, preprocessing } = options;
  const recipe = JSON.stringify([
    VERSION,
    data.phantoms.seed,
    data.phantoms.spacing,
    data.phantoms.coverage,
    preprocessing,
  ]);
  return async (index) => {
    const name = nameOf(index);
    const key = createHash('sha256').update(`${recipe} ${index}`).digest('hex');
    const found = await store.get(key);
    if (found !== undefined) return { name, sample: toShared(found.volumes as PreparedCase['sample']) };
    const made = makePhantom(index, options);
    await store.put(key, { name, volumes: made.sample, history: [] });
    return made;
  };
}

function makePhantom(index: number, { data, preprocessing }: PhantomWorkOptions): PreparedCase {
  const { seed, spacing, coverage } = data.phantoms;
  const rng = new Rng(seed * 100_003 + index);
  const { image, label } = renderPhantom(
    samplePhantomParams(rng, {
      ...(spacing === undefined ? {} : { spacing }),
      ...(coverage === undefined ? {} : { coverage }),
    }),
  );
  return prepareCase(nameOf(index), image, label, preprocessing, rng);
}

const nameOf = (index: number): string => `phantom-${index}`;
