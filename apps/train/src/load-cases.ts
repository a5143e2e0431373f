import { basename, dirname } from 'node:path';
import { ReadError, Rng, sameGrid, type Volume } from '@lungseg/core';
import { readDatalist, renderPhantom, samplePhantomParams, type DatalistEntry } from '@lungseg/data';
import { readVolume } from '@lungseg/io';
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

/**
 * Reads the cases of the config's datalist, makes its phantoms, and prepares them all.
 *
 * @throws ReadError when a file is missing or damaged, or an image and its label lie on different grids
 */
export async function loadCases(
  config: TrainConfig,
  resolvePath: (path: string) => string,
  onPrepared: OnPrepared,
): Promise<RunCases> {
  const { datalist, phantoms } = config.data;
  const lists =
    datalist === undefined ? { training: [], validation: [] } : await readDatalist(resolvePath(datalist));
  const total = lists.training.length + lists.validation.length + phantoms.count + phantoms.validationCount;
  let done = 0;
  const report = <T extends PreparedCase>(prepared: T): T => {
    onPrepared(prepared.name, ++done, total);
    return prepared;
  };
  const read = async (entries: readonly DatalistEntry[]): Promise<PreparedCase[]> => {
    const cases: PreparedCase[] = [];
    for (const entry of entries) cases.push(report(await readCase(entry, config)));
    return cases;
  };
  const make = async (first: number, count: number): Promise<PreparedCase[]> => {
    const cases: PreparedCase[] = [];
    for (let i = first; i < first + count; i++) {
      cases.push(report(makePhantom(i, config)));
      // Rendering blocks the thread for seconds; the progress bar wants its turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return cases;
  };
  const real = await read(lists.training);
  const validation = await read(lists.validation);
  return {
    real,
    phantoms: await make(0, phantoms.count),
    validation: [...validation, ...(await make(phantoms.count, phantoms.validationCount))],
  };
}

async function readCase(entry: DatalistEntry, config: TrainConfig): Promise<PreparedCase> {
  if (entry.label === undefined) {
    throw new ReadError(
      entry.image,
      `${entry.image} has no label in the datalist. Training and validation need one.`,
    );
  }
  const [image, label] = [await readVolume(entry.image), await readVolume(entry.label, { kind: 'label' })];
  if (!sameGrid(image.volume.geometry, label.volume.geometry, 0.1)) {
    throw new ReadError(
      entry.label,
      `${entry.label} must lie on the grid of ${entry.image}. Resample it first.`,
    );
  }
  return prepareCase(
    nameOf(entry),
    image.volume,
    asLungLabel(label.volume),
    config.preprocessing,
    new Rng(0),
  );
}

/** The name by which a config's weights call a case: its patient, or its folder or file. */
function nameOf(entry: DatalistEntry): string {
  if (entry.patient !== undefined) return entry.patient;
  const file = basename(entry.image).replace(/\.nii(\.gz)?$/, '');
  return file === 'image' || file === 'dicom' ? basename(dirname(entry.image)) : file;
}

function asLungLabel(volume: Volume): Volume {
  return { ...volume, data: Uint8Array.from(volume.data, (value) => (value > 0 ? 1 : 0)), kind: 'label' };
}

function makePhantom(index: number, config: TrainConfig): PreparedCase {
  const { phantoms } = config.data;
  const rng = new Rng(phantoms.seed * 100_003 + index);
  const { image, label } = renderPhantom(samplePhantomParams(rng));
  return prepareCase(`phantom-${index}`, image, label, config.preprocessing, rng);
}
