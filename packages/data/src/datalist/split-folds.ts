import { InvalidArgumentError, Rng } from '@lungseg/core';
import type { DatalistEntry } from './datalist.js';

/** How cases are split. */
export interface SplitFoldsOptions {
  /** How many folds; at least 2, at most the number of patients. */
  readonly folds: number;
  /** Decides who is where, unless the entries say it; 0 by default. */
  readonly seed?: number;
}

/** One fold: its validation cases are in no other fold's. */
export interface Fold<E extends DatalistEntry = DatalistEntry> {
  readonly training: readonly E[];
  readonly validation: readonly E[];
}

/**
 * Splits cases into folds for cross-validation, so that all cases of a patient are in the same fold; a case that names
 * no patient counts as a patient of its own. Folds differ in size by as little as the patients allow: the patients
 * with the most cases are dealt first, each to the smallest fold. The order of the entries does not matter to who is
 * where. Entries that say which fold they are in, as MONAI's Auto3DSeg has them, are split as they say.
 *
 * @param entries the cases; their image paths must differ
 * @throws InvalidArgumentError when there are fewer patients than folds, an image is listed twice, or the entries' own
 *   folds are given for some only, are out of range, leave one empty, or part a patient's cases
 * @see MONAI Auto3DSeg, `fold` in its datalists
 * @example
 * const folds = splitFolds(training, { folds: 5, seed: 1 });
 */
export function splitFolds<E extends DatalistEntry>(
  entries: readonly E[],
  { folds, seed = 0 }: SplitFoldsOptions,
): Fold<E>[] {
  const images = new Set(entries.map(({ image }) => image));
  if (images.size !== entries.length) {
    const twice = entries.find(({ image }, at) => entries.findIndex((e) => e.image === image) !== at);
    throw new InvalidArgumentError(`Each image must be listed once. Received twice: ${twice!.image}.`);
  }
  const patients = new Map<string, E[]>();
  for (const entry of entries) {
    const key = entry.patient === undefined ? `image ${entry.image}` : `patient ${entry.patient}`;
    patients.set(key, [...(patients.get(key) ?? []), entry]);
  }
  if (!Number.isInteger(folds) || folds < 2 || folds > patients.size) {
    throw new InvalidArgumentError(
      `folds must be an integer from 2 to the number of patients, ${patients.size}. Received: ${folds}.`,
    );
  }
  const foldOf = entries.some(({ fold }) => fold !== undefined)
    ? givenFolds(patients, folds)
    : dealtFolds(patients, folds, seed);
  return Array.from({ length: folds }, (_, fold) => ({
    training: entries.filter((entry) => foldOf.get(entry) !== fold),
    validation: entries.filter((entry) => foldOf.get(entry) === fold),
  }));
}

/** The folds that the entries themselves say. */
function givenFolds<E extends DatalistEntry>(
  patients: ReadonlyMap<string, readonly E[]>,
  folds: number,
): ReadonlyMap<E, number> {
  const foldOf = new Map<E, number>();
  for (const [patient, cases] of patients) {
    for (const entry of cases) {
      const { fold, image } = entry;
      if (fold === undefined || fold >= folds) {
        throw new InvalidArgumentError(
          `Where a datalist gives folds, each case must have one from 0 to ${folds - 1}. Received ${fold ?? 'none'} for ${image}.`,
        );
      }
      if (fold !== cases[0]!.fold) {
        throw new InvalidArgumentError(
          `All cases of a patient must be in one fold. Received ${cases[0]!.fold} and ${fold} for ${patient}.`,
        );
      }
      foldOf.set(entry, fold);
    }
  }
  const found = new Set(foldOf.values());
  for (let fold = 0; fold < folds; fold++) {
    if (found.has(fold)) continue;
    throw new InvalidArgumentError(
      `Where a datalist gives folds, each must have a case. Received none in fold ${fold} of ${folds}. Ask for as many folds as the datalist gives.`,
    );
  }
  return foldOf;
}

function dealtFolds<E extends DatalistEntry>(
  patients: ReadonlyMap<string, readonly E[]>,
  folds: number,
  seed: number,
): ReadonlyMap<E, number> {
  const rng = new Rng(seed);
  const keys = [...patients.keys()].sort();
  for (let n = keys.length - 1; n > 0; n--) {
    const other = rng.integer(0, n + 1);
    [keys[n], keys[other]] = [keys[other]!, keys[n]!];
  }
  keys.sort((a, b) => patients.get(b)!.length - patients.get(a)!.length);
  const sizes = new Array<number>(folds).fill(0);
  const foldOf = new Map<E, number>();
  for (const key of keys) {
    const fold = sizes.indexOf(Math.min(...sizes));
    const cases = patients.get(key)!;
    sizes[fold] = sizes[fold]! + cases.length;
    for (const entry of cases) foldOf.set(entry, fold);
  }
  return foldOf;
}
