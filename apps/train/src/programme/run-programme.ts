import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError } from '@lungseg/core';
import { writeWhole } from '@lungseg/trainer';
import { caseEntries } from '../case-entries.js';
import { loadConfig, type TrainConfig } from '../config.js';
import { initialWeightsOf, sha256OfFiles } from '../records/manifest.js';
import { checkCases } from './check-cases.js';
import type { Programme } from './programme-schema.js';
import { formatResults, type EvaluatedCase, type FoldResults } from './results.js';
import { changedKeys, runState } from './run-state.js';

const workspace = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

/** The commands that a programme is made of, each in a process of its own, which gives its memory back. */
const COMMANDS = {
  serve: workspace('apps/train/dist/main.js'),
  export: workspace('apps/train/dist/export/main.js'),
  evaluate: workspace('apps/infer/dist/evaluate.js'),
  phantoms: workspace('tools/phantoms/dist/cases.js'),
} as const;

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
 * @throws InvalidArgumentError when a command fails, the folds' config has no folds or that of tuning others, a patient is not
 *   among the cases, or a run there is by another config or from other weights
 */
export async function runProgramme(
  programme: Programme,
  { resolvePath, signal, log }: ProgrammeOptions,
): Promise<string> {
  const output = resolvePath(programme.output);
  const { pretraining, tuning } = programme;
  const folds = loadFolds(programme, resolvePath);
  const names = await namesOfFolds(folds, resolvePath);
  const cases = resolvePath(programme.cases);
  checkCases(cases, names.flat());
  await refuseLeaks(programme, names.flat(), resolvePath);
  const call = (command: keyof typeof COMMANDS, ...args: string[]): Promise<void> =>
    callCommand(command, args, signal);
  const keep = keptShare(programme);
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
  for (const [fold, own] of names.entries()) {
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

/** What the folds begin from must have seen no patient of any fold. */
async function refuseLeaks(
  { pretraining }: Programme,
  names: readonly string[],
  resolvePath: (path: string) => string,
): Promise<void> {
  for (const path of pretraining) {
    const { training } = await caseEntries(loadConfig(resolvePath(path)).data, resolvePath);
    const shared = training.map(({ patient }) => patient).filter((patient) => names.includes(patient));
    if (shared.length === 0) continue;
    throw new InvalidArgumentError(
      `${path}, which all folds begin from, must train on none of their patients. Received: ${shared.join(', ')}.`,
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

const tunedName = (fold: number): string => `fold-${fold}-tuned`;

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

function resultsPage(
  { name, version, shippedFold, tuning }: Programme,
  keep: number,
  folds: readonly FoldResults[],
  phantoms: readonly FoldResults[],
): string {
  const made = [
    ...(tuning === undefined ? [] : [`tuned by ${tuning}`]),
    ...(keep === 0 ? [] : [`averaged with the weights of the run before its last one by a share of ${keep}`]),
  ].join(', ');
  return [
    `# ${name} ${version}: results`,
    'Research use only.',
    `Each case by the model of its fold, ${made === '' ? '' : `${made}, `}which was trained on none of the fold's patients; by \`infer:evaluate\`, on the CT's own grid.`,
    formatResults(folds),
    ...(phantoms.length === 0
      ? []
      : [
          `Phantoms that no model was trained on, by the model of fold ${shippedFold}:`,
          formatResults(phantoms),
        ]),
  ].join('\n\n');
}

function exportOverrides({ name, version, export: options }: Programme): string[] {
  return Object.entries({ checkpoint: 'last', name, version, ...options }).flatMap(([key, value]) => [
    '--set',
    `${key}=${JSON.stringify(value)}`,
  ]);
}

/** The patients that each fold is judged by. */
async function namesOfFolds(
  { data }: TrainConfig,
  resolvePath: (path: string) => string,
): Promise<string[][]> {
  const names: string[][] = [];
  for (let index = 0; index < data.folds.count; index++) {
    const { validation } = await caseEntries({ ...data, folds: { ...data.folds, index } }, resolvePath);
    names.push([...new Set(validation.map(({ patient }) => patient))]);
  }
  return names;
}

async function casesOf(path: string): Promise<readonly EvaluatedCase[]> {
  return (JSON.parse(await readFile(path, 'utf8')) as { readonly cases: readonly EvaluatedCase[] }).cases;
}

function callCommand(
  command: keyof typeof COMMANDS,
  args: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    // A signal to this process alone is passed on. A child that Ctrl-C has reached, too, takes both as one, and saves a checkpoint.
    const child = spawn(process.execPath, [COMMANDS[command], ...args], { stdio: 'inherit' });
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    child.once('error', reject);
    child.once('exit', (code, killed) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(signal.reason as Error);
      else if (code === 0) resolve();
      else {
        reject(
          new InvalidArgumentError(
            `The programme stopped: ${command} ended with ${code === null ? String(killed) : `code ${code}`}. What is finished is kept: start it again to go on.`,
          ),
        );
      }
    });
  });
}
