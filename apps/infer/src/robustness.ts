import { choosePrecision, selectBackend, type BackendChoice, type PrecisionChoice } from '@lungseg/backend';
import { readCt } from '@lungseg/io';
import { loadModel } from '@lungseg/models';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { backendOption, modelOption, parse, path, precisionOption } from './arguments.js';
import { compareForm, type FormAgreement } from './compare-form.js';
import { exitCodeOf } from './exit.js';
import { writeOutputs } from './outputs.js';
import { INTENDED_USE } from './report.js';
import { FORM_KINDS, FORMS, type Form, type FormKind } from './robustness-forms.js';
import { segment } from './segment.js';
import { Terminal } from './terminal.js';

interface RobustnessArguments {
  readonly input: string;
  readonly json?: string;
  readonly only: readonly FormKind[];
  readonly model: string;
  readonly backend: BackendChoice;
  readonly precision: PrecisionChoice;
}

interface FormResult extends FormAgreement {
  readonly form: string;
  readonly aim: number;
  readonly reached: boolean;
}

function parseRobustnessArguments(argv: readonly string[]): RobustnessArguments {
  const command = new Command('npx nx run infer:robustness --')
    .description(
      `Segments a CT in many forms (stored along other axes, with other slices, cropped, noisy, as other numbers), and compares each result with that on the CT as it is. ${INTENDED_USE}`,
    )
    .requiredOption('--input <path>', 'a chest CT, as infer:run takes it', path('--input'))
    .option('--json <file>', 'results', path('--json'))
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
async function tryForms(
  options: RobustnessArguments,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { volume: image } = await readCt(options.input, { signal });
  const backend = await selectBackend(options.backend);
  const precision = await choosePrecision(options.precision, backend);
  const model = await loadModel(options.model);
  const prepared = await model.network.prepareForInference({ precision });
  const { name, version, weights } = model.description;
  terminal.line(`${name} ${version}, ${backend.description}, ${precision}`);
  const predict = prepared.apply.bind(prepared);
  const { leftRight } = await segment(image, model, { signal, predict });
  const forms = FORMS.filter(({ kind }) => options.only.includes(kind));
  const results: FormResult[] = [];
  for (const [n, form] of forms.entries()) {
    terminal.progress(n, forms.length);
    const changed = form.apply(image);
    const agreement = compareForm(leftRight, (await segment(changed, model, { signal, predict })).leftRight);
    results.push({ form: form.name, aim: form.aim, ...agreement, reached: reaches(agreement, form) });
  }
  terminal.progress(forms.length, forms.length);
  prepared.dispose();
  model.network.dispose();
  terminal.line(formatResults(results));
  const report = {
    intendedUse: INTENDED_USE,
    model: { name, version, weightsSha256: weights.sha256 },
    backend,
    precision,
    results,
  };
  await writeOutputs([[options.json, `${JSON.stringify(report, null, 2)}\n`]]);
  const below = results.filter(({ reached }) => !reached).length;
  if (below > 0) throw new Error(`${below} of ${results.length} forms are below their aim.`);
}

const reaches = ({ dice, sidesSwapped }: FormAgreement, { aim }: Form): boolean =>
  dice >= aim && !sidesSwapped;

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
  await tryForms(options, new Terminal({ out: process.stdout, err: process.stderr }, false), signal);
});
