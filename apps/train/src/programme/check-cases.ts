import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from '@lungseg/core';

/**
 * Checks that infer:evaluate will find the cases of all folds, before hours go into training.
 *
 * @param folder of cases, absolute
 * @param names of the folds' patients
 * @throws InvalidArgumentError when one has no folder in it with a CT and its mask, or a name that can't be asked for
 */
export function checkCases(folder: string, names: readonly string[]): void {
  const commas = names.filter((name) => name.includes(','));
  if (commas.length > 0) {
    throw new InvalidArgumentError(
      `Patients of a programme must have no comma in their names. Received: ${commas.join('; ')}. Rename them in the datalist and in ${folder}.`,
    );
  }
  // As infer:evaluate lists them: folders of this one, by their names to the letter, no links.
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  const folders = new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name));
  const has = (name: string, file: string): boolean => existsSync(join(folder, name, file));
  const missing = names.filter(
    (name) =>
      !folders.has(name) || !has(name, 'lung.nii.gz') || !(has(name, 'image.nii.gz') || has(name, 'dicom')),
  );
  if (missing.length === 0) return;
  throw new InvalidArgumentError(
    `${folder} must have each patient of the datalist as a folder with image.nii.gz or dicom/, and lung.nii.gz. Missing: ${missing.sort().join(', ')}. Add them, or give another folder as \`cases\`.`,
  );
}
