import { choosePrecision, selectBackend, type BackendChoice, type PrecisionChoice } from '@lungseg/backend';
import type { Volume } from '@lungseg/core';
import { readCt } from '@lungseg/io';
import { loadModel } from '@lungseg/models';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { backendOption, modelOption, parse, path, precisionOption } from './arguments.js';
import { checkExtent } from './check-extent.js';
import { checkOutputs } from './check-outputs.js';
import { exitCodeOf } from './exit.js';
import { writeOutputs } from './outputs.js';
import { INTENDED_USE } from './report.js';
import { FORM_KINDS, FORMS, type Form, type FormKind } from './robustness-forms.js';
import { segment } from './segment.js';
import { Terminal } from './terminal.js';
import { tryForms, type FormResult } from './try-forms.js';

interface RobustnessArguments {
  readonly input: string;
  readonly json?: string;
  readonly only: readonly FormKind[];
  readonly model: string;
  readonly backend: BackendChoice;
  readonly precision: PrecisionChoice;
}

/** What the progress bar counts. */
const PROGRESS = { task: 'robustness', unit: 'form' };

/** The longest name of a form. */
const NAME_WIDTH = Math.max(...FORMS.map(({ name }) => name.length));

function parseRobustnessArguments(argv: readonly string[]): RobustnessArguments {
  const command = new Command('npx nx run infer:robustness --')
    .description(
      `Segments a CT in many forms (stored along other axes, with other slices, cropped, noisy, as other numbers), and compares each result with that on the CT as it is. ${INTENDED_USE}`,
    )
    .requiredOption('--input <path>', 'a chest CT, as infer:run takes it', path('--input'))
    .option('--json <file>', 'results, as they come; `complete` says whether these are all', path('--json'))
    .option(
      '--only <kinds>',
      `forms to try, with commas: ${FORM_KINDS.join(', ')}`,
      kinds,
      FORM_KINDS as readonly FormKind[],
    )
    .addOption(modelOption())
    .addOption(backendOption())
    .addOption(precisionOption());
  return parse(command, argv).opts<RobustnessArguments>();
}

function kinds(value: string): FormKind[] {
  return value.split(',').map((name) => {
    const kind = FORM_KINDS.find((known) => known === name);
    if (kind === undefined) {
      throw new InvalidArgumentError(`It must be of ${FORM_KINDS.join(', ')}. Received: ${name}.`);
    }
    return kind;
  });
}

/** @throws Error when a form is below its aim, after all results were printed and written */
async function robustness(
  options: RobustnessArguments,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  await checkOutputs([options.json], [options.input]);
  const { volume: image } = await readCt(options.input, { signal });
  checkExtent(options.input, image.geometry);
  const backend = await selectBackend(options.backend);
  const precision = await choosePrecision(options.precision, backend);
  const model = await loadModel(options.model);
  const prepared = await model.network.prepareForInference({ precision });
  const { name, version, weights } = model.description;
  terminal.line(`${name} ${version}, ${backend.description}, ${precision}`);
  const predict = prepared.apply.bind(prepared);
  const segmentLungs = async (ct: Volume): Promise<Volume> =>
    (await segment(ct, model, { signal, predict })).leftRight;
  const forms = FORMS.filter(({ kind }) => options.only.includes(kind));
  const results: FormResult[] = [];
  const report = { intendedUse: INTENDED_USE, model: { name, version, weightsSha256: weights.sha256 } };
  const progress = (): void => terminal.progress(results.length, forms.length, PROGRESS);
  try {
    progress();
    for await (const result of tryForms(image, forms, segmentLungs, signal)) {
      results.push(result);
      // After each form, so that whatever ends the command loses none of them.
      const complete = results.length === forms.length;
      const text = JSON.stringify({ ...report, backend, precision, complete, results }, null, 2);
      await writeOutputs([[options.json, `${text}\n`]]);
      terminal.line(formatResult(result, results.length, forms.length));
      progress();
    }
  } catch (error) {
    throw signal.aborted && results.length > 0 ? interruption(options, results, forms) : error;
  } finally {
    terminal.endProgress();
    prepared.dispose();
    model.network.dispose();
  }
  terminal.line(formatResults(results));
  const below = results.filter(({ reached }) => !reached).length;
  if (below > 0) throw new Error(`${below} of ${results.length} forms are below their aim.`);
}

function interruption(
  { json }: RobustnessArguments,
  results: readonly FormResult[],
  forms: readonly Form[],
): Error {
  const place = json === undefined ? '' : `, which are in ${json}`;
  return new Error(`Interrupted after ${results.length} of ${forms.length} forms${place}.`);
}

function formatResult(result: FormResult, done: number, total: number): string {
  const { form, dice, diceRight, diceLeft, sidesSwapped, reached, seconds } = result;
  return [
    `${String(done).padStart(String(total).length)}/${total}`,
    form.padEnd(NAME_WIDTH),
    `Dice ${dice.toFixed(4)}`,
    `right ${diceRight.toFixed(4)}`,
    `left ${diceLeft.toFixed(4)}`,
    `sides ${sidesSwapped ? 'swapped' : 'kept'}`,
    `${seconds.toFixed(1)} s`,
    ...(reached ? [] : ['below its aim']),
  ].join('  ');
}

function formatResults(results: readonly FormResult[]): string {
  const table = new Table({
    head: ['form', 'Dice', 'right', 'left', 'sides', 'aim', ''],
    colAligns: ['left', 'right', 'right', 'right', 'left', 'right', 'left'],
    style: { head: [], border: [] },
  });
  for (const { form, dice, diceRight, diceLeft, sidesSwapped, aim, reached } of results) {
    table.push([
      form,
      ...[dice, diceRight, diceLeft].map((value) => value.toFixed(4)),
      sidesSwapped ? 'swapped' : 'kept',
      aim.toFixed(2),
      reached ? '' : 'below',
    ]);
  }
  return `${table.toString()}
${INTENDED_USE}`;
}

process.exitCode = await exitCodeOf(async (signal) => {
  const options = parseRobustnessArguments(process.argv.slice(2));
  await robustness(options, new Terminal({ out: process.stdout, err: process.stderr }, false), signal);
});
