import { basename, dirname } from 'node:path';
import { ReadError } from '@lungseg/core';
import { readDatalist, splitFolds, type DatalistEntry } from '@lungseg/data';
import type { TrainConfig } from './config.js';

/** A case on disk; paths are absolute. */
export interface CaseFiles {
  /** By which a config's weights call it: its patient, or its folder or file. */
  readonly name: string;
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
 */
export async function caseEntries(
  { datalist, folds }: Pick<TrainConfig['data'], 'datalist' | 'folds'>,
  resolvePath: (path: string) => string,
): Promise<CaseEntries> {
  if (datalist === undefined) return { training: [], validation: [] };
  const lists = await readDatalist(resolvePath(datalist));
  const { training, validation } =
    folds.count === 1
      ? lists
      : splitFolds([...lists.training, ...lists.validation], { folds: folds.count, seed: folds.seed })[
          folds.index
        ]!;
  return { training: training.map(caseFiles), validation: validation.map(caseFiles) };
}

/** @throws ReadError when the entry has no label */
export function caseFiles({ image, label, patient }: DatalistEntry): CaseFiles {
  if (label === undefined) {
    throw new ReadError(image, `${image} has no label in the datalist. Training and validation need one.`);
  }
  return { name: patient ?? nameOf(image), image, label };
}

function nameOf(image: string): string {
  const file = basename(image).replace(/\.nii(\.gz)?$/, '');
  return file === 'image' || file === 'dicom' ? basename(dirname(image)) : file;
}
