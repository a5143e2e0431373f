import { InvalidArgumentError, ReadError } from '@lungseg/core';
import { readDatalist, splitFolds, type DatalistEntry } from '@lungseg/data';
import { caseNames, placeOf } from './case-names.js';
import type { TrainConfig } from './config.js';

/** A case on disk; paths are absolute. */
export interface CaseFiles {
  /** What results call it: as `patient`, with its folder and file where several cases for validation are called so. */
  readonly name: string;
  /** By which a config's weights call it: its patient, or what tells its folder or file from others. */
  readonly patient: string;
  readonly image: string;
  readonly label: string;
}

/** The cases on disk of a run. */
export interface CaseEntries {
  readonly training: readonly CaseFiles[];
  readonly validation: readonly CaseFiles[];
}

/**
 * The cases of a config's datalist; for cross-validation, those of its fold.
 *
 * @throws ReadError when the datalist is damaged, or a case has no label
 * @throws InvalidArgumentError when a patient or an image is in both training and validation
 */
export async function caseEntries(
  { datalist, folds }: Pick<TrainConfig['data'], 'datalist' | 'folds'>,
  resolvePath: (path: string) => string,
): Promise<CaseEntries> {
  if (datalist === undefined) return { training: [], validation: [] };
  const lists = await readDatalist(resolvePath(datalist));
  const all = [...lists.training, ...lists.validation];
  const { training, validation } =
    folds.count === 1 ? lists : splitFolds(all, { folds: folds.count, seed: folds.seed })[folds.index]!;
  refuseLeaks(datalist, training, validation);
  const nameOf = caseNames(all);
  const files = (entry: DatalistEntry): CaseFiles => caseFiles(entry, nameOf(entry));
  return { training: training.map(files), validation: distinct(validation.map(files)) };
}

/** What was trained on would judge itself. Names of files aren't compared: those of different folders may be the same. */
function refuseLeaks(
  datalist: string,
  training: readonly DatalistEntry[],
  validation: readonly DatalistEntry[],
): void {
  const shared = inBoth(training, validation);
  if (shared.length === 0) return;
  throw new InvalidArgumentError(
    `${datalist} must not have a patient or an image in both training and validation, whose Dice would say nothing of others. Received in both: ${shared.join(', ')}. Take them out of one list; other scans of a patient are split anew by data.folds, too.`,
  );
}

/** The patients and images that are among both, each once. */
export function inBoth(
  some: readonly Pick<DatalistEntry, 'patient' | 'image'>[],
  others: readonly Pick<DatalistEntry, 'patient' | 'image'>[],
): string[] {
  return (['patient', 'image'] as const).flatMap((key) => {
    const seen = new Set(some.map((entry) => entry[key]));
    const values = new Set(others.map((entry) => entry[key]));
    return [...values].filter((value) => value !== undefined && seen.has(value)) as string[];
  });
}

/** @throws ReadError when the entry has no label */
function caseFiles({ image, label }: DatalistEntry, name: string): CaseFiles {
  if (label === undefined) {
    throw new ReadError(image, `${image} has no label in the datalist. Training and validation need one.`);
  }
  return { name, patient: name, image, label };
}

/** The same cases, each with a name of its own, under which its results are kept. */
function distinct(cases: readonly CaseFiles[]): CaseFiles[] {
  const seen = new Map<string, number>();
  const shared = new Set(cases.map(({ name }) => name).filter((name, at, all) => all.indexOf(name) !== at));
  return cases.map((item) => {
    if (!shared.has(item.name)) return item;
    const full = `${item.name} (${placeOf(item.image)})`;
    const times = (seen.get(full) ?? 0) + 1;
    seen.set(full, times);
    return { ...item, name: times === 1 ? full : `${full} ${times}` };
  });
}
