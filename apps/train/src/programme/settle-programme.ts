import { InvalidArgumentError } from '@lungseg/core';
import { caseEntries, inBoth, type CaseFiles } from '../case-entries.js';
import { loadConfig, type TrainConfig } from '../config.js';
import { checkCases } from './check-cases.js';
import type { Programme } from './programme-schema.js';

/** What of a programme must be settled before hours go into training. */
export interface SettledProgramme {
  /** The names of the patients that each fold is judged by. */
  readonly patients: readonly (readonly string[])[];
  /** The folder of their cases, absolute. */
  readonly cases: string;
  /** How much of the run before a fold's last one its model keeps. */
  readonly keep: number;
}

/**
 * Checks what a programme says against its configs, its datalist and its cases.
 *
 * @param resolvePath makes its relative paths absolute
 * @throws InvalidArgumentError when the folds' config has no folds or that of tuning others, a patient is not among the cases,
 *   pretraining sees a patient or an image of the folds, or its options contradict each other
 * @throws ReadError when a datalist is damaged, or a case of one has no label
 */
export async function settleProgramme(
  programme: Programme,
  resolvePath: (path: string) => string,
): Promise<SettledProgramme> {
  const judged = await casesOfFolds(loadFolds(programme, resolvePath), resolvePath);
  const patients = judged.map((own) => [...new Set(own.map(({ patient }) => patient))]);
  const cases = resolvePath(programme.cases);
  checkCases(cases, patients.flat());
  await refuseLeaks(programme, judged.flat(), resolvePath);
  return { patients, cases, keep: keptShare(programme) };
}

/** The folds' config, and that of tuning as far as it must be like it: else a fold would be tuned on what judges it. */
function loadFolds(programme: Programme, resolvePath: (path: string) => string): TrainConfig {
  const folds = loadConfig(resolvePath(programme.folds));
  const { count } = folds.data.folds;
  if (count < 2) {
    throw new InvalidArgumentError(
      `${programme.folds} must have data.folds.count of 2 or more. Received: ${count}.`,
    );
  }
  if (programme.shippedFold >= count) {
    throw new InvalidArgumentError(
      `shippedFold must be below the ${count} folds of ${programme.folds}. Received: ${programme.shippedFold}.`,
    );
  }
  if (programme.tuning === undefined) return folds;
  const [expected, received] = [folds, loadConfig(resolvePath(programme.tuning))].map(({ data }) =>
    JSON.stringify({
      datalist: data.datalist,
      'folds.count': data.folds.count,
      'folds.seed': data.folds.seed,
    }),
  );
  if (expected !== received) {
    throw new InvalidArgumentError(
      `${programme.tuning} must split the cases as ${programme.folds} does: ${expected}. Received: ${received}.`,
    );
  }
  return folds;
}

/** The cases that each fold is judged by. */
async function casesOfFolds(
  { data }: TrainConfig,
  resolvePath: (path: string) => string,
): Promise<(readonly CaseFiles[])[]> {
  const judged: (readonly CaseFiles[])[] = [];
  for (let index = 0; index < data.folds.count; index++) {
    const { validation } = await caseEntries({ ...data, folds: { ...data.folds, index } }, resolvePath);
    judged.push(validation);
  }
  return judged;
}

/** What the folds begin from must have seen no patient and no image of any fold. A case without a patient goes by its name. */
async function refuseLeaks(
  { pretraining }: Programme,
  judged: readonly CaseFiles[],
  resolvePath: (path: string) => string,
): Promise<void> {
  for (const path of pretraining) {
    const { training } = await caseEntries(loadConfig(resolvePath(path)).data, resolvePath);
    const shared = inBoth(training, judged);
    if (shared.length === 0) continue;
    throw new InvalidArgumentError(
      `${path}, which all folds begin from, must train on none of their patients or images. Received: ${shared.join(', ')}.`,
    );
  }
}

/** How much of the run before a fold's last one its model keeps. */
function keptShare({ keepInitial, tuning, pretraining, export: exported }: Programme): number {
  const keep = keepInitial ?? (tuning === undefined ? 0 : 0.5);
  if (keep > 0 && tuning === undefined && pretraining.length === 0) {
    throw new InvalidArgumentError(
      `keepInitial needs runs that the folds' began from: pretraining or tuning. Received: ${keep}, and neither.`,
    );
  }
  const { checkpoint = 'last' } = exported;
  if (keep > 0 && checkpoint !== 'last') {
    throw new InvalidArgumentError(
      `export.checkpoint must be last where weights are averaged with those of the run before. Received: ${JSON.stringify(checkpoint)}.`,
    );
  }
  return keep;
}
