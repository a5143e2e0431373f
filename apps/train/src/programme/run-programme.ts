import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError } from '@lungseg/core';
import { writeWhole } from '@lungseg/trainer';
import { loadConfig, type TrainConfig } from '../config.js';
import { initialWeightsOf, sha256OfFiles } from '../records/manifest.js';
import { callCommand, type ProgrammeCommand } from './call-command.js';
import type { Programme } from './programme-schema.js';
import { resultsPage, type EvaluatedCase, type FoldResults } from './results.js';
import { changedKeys, runState } from './run-state.js';
import { settleProgramme } from './settle-programme.js';

/** What {@link runProgramme} needs beside the programme. */
export interface ProgrammeOptions {
  /** Makes a programme's relative paths absolute. */
  readonly resolvePath: (path: string) => string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/**
 * Trains, exports and judges the models of all folds, each by the cases that it was not trained on, and writes the results
 * as a table. What is finished is not done again: a programme that was stopped goes on where it was.
 *
 * @returns the path of the table
 * @throws InvalidArgumentError when a command fails, a run there is by another config or from other weights, or as
 *   {@link settleProgramme} does
 */
export async function runProgramme(
  programme: Programme,
  { resolvePath, signal, log }: ProgrammeOptions,
): Promise<string> {
  const output = resolvePath(programme.output);
  const { pretraining, tuning } = programme;
  const { patients, cases, keep } = await settleProgramme(programme, resolvePath);
  const call = (command: ProgrammeCommand, ...args: string[]): Promise<void> =>
    callCommand(command, args, signal);
  /** @param from the run whose last weights it begins from */
  const train = async (name: string, config: string, index: string[], from?: string): Promise<string> => {
    const folder = join(output, name);
    const state = runState(folder);
    log(`${name}: ${state}`);
    const initial = from === undefined ? [] : [`initialWeights=${join(from, 'last.safetensors')}`];
    const overrides = [`output=${folder}`, ...index, ...initial];
    if (state !== 'new') {
      refuseOtherConfig(folder, loadConfig(resolvePath(config), overrides));
      if (from !== undefined) await refuseStaleRun(folder, from);
    }
    if (state === 'finished') return folder;
    const set = overrides.flatMap((override) => ['--set', override]);
    const resume = state === 'unfinished' ? ['--resume'] : [];
    await call('serve', `--config=${resolvePath(config)}`, '--no-dashboard', ...set, ...resume);
    return folder;
  };

  let initial: string | undefined;
  for (const [n, config] of pretraining.entries()) {
    initial = await train(n === 0 ? 'pretraining' : `pretraining-${n + 1}`, config, [], initial);
  }
  const results: FoldResults[] = [];
  for (const [fold, own] of patients.entries()) {
    const index = [`data.folds.index=${fold}`];
    const first = await train(`fold-${fold}`, programme.folds, index, initial);
    const run = tuning === undefined ? first : await train(tunedName(fold), tuning, index, first);
    const began = tuning === undefined ? initial : first;
    const mean = keep === 0 ? [] : ['--set', `meanWith=${began}`, '--set', `meanShare=${keep}`];
    await call('export', `--run=${run}`, ...exportOverrides(programme), ...mean);
    const json = join(output, `fold-${fold}.json`);
    const only = `--only=${own.join(',')}`;
    await call('evaluate', `--cases=${cases}`, only, `--model=${join(run, 'model')}`, `--json=${json}`);
    results.push({ fold, cases: await casesOf(json) });
  }

  const { presets, count, seed } = programme.phantoms;
  const made = join(output, 'phantoms');
  for (const [n, preset] of presets.entries()) {
    // A patient follows from the seed: no preset shows that of another.
    const first = seed + n * count;
    await call('phantoms', `--output=${made}`, `--preset=${preset}`, `--count=${count}`, `--seed=${first}`);
  }
  const judged: FoldResults[] = [];
  if (presets.length > 0) {
    const json = join(output, 'phantoms.json');
    const shipped = tuning === undefined ? `fold-${programme.shippedFold}` : tunedName(programme.shippedFold);
    const model = join(output, shipped, 'model');
    await call('evaluate', `--cases=${made}`, `--model=${model}`, `--json=${json}`);
    judged.push({ fold: programme.shippedFold, cases: await casesOf(json) });
  }
  const path = join(output, 'RESULTS.md');
  await writeWhole(path, resultsPage(programme, keep, results, judged));
  return path;
}

const tunedName = (fold: number): string => `fold-${fold}-tuned`;

/** A run of an older version doesn't say what it began from, and is taken as it is. */
async function refuseStaleRun(folder: string, from: string): Promise<void> {
  const began = initialWeightsOf(folder);
  if (began === undefined || began === (await sha256OfFiles([join(from, 'last.safetensors')]))) return;
  throw new InvalidArgumentError(
    `${folder} began from weights that ${from} no longer has, since that was trained anew. Remove the folder.`,
  );
}

function refuseOtherConfig(folder: string, config: TrainConfig): void {
  const changed = changedKeys(folder, config);
  if (changed.length === 0) return;
  throw new InvalidArgumentError(
    `${folder} holds a run by another config: ${changed.join(', ')} differ(s). Give the programme another output, or remove the folder.`,
  );
}

function exportOverrides({ name, version, export: options }: Programme): string[] {
  return Object.entries({ checkpoint: 'last', name, version, ...options }).flatMap(([key, value]) => [
    '--set',
    `${key}=${JSON.stringify(value)}`,
  ]);
}

async function casesOf(path: string): Promise<readonly EvaluatedCase[]> {
  return (JSON.parse(await readFile(path, 'utf8')) as { readonly cases: readonly EvaluatedCase[] }).cases;
}
