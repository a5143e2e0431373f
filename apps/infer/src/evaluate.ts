import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { choosePrecision, selectBackend, type BackendChoice, type PrecisionChoice } from '@lungseg/backend';
import type { Vec3 } from '@lungseg/core';
import { loadModel } from '@lungseg/models';
import { encodePng, slicePicture } from '@lungseg/visualize';
import { Command } from 'commander';
import { backendOption, modelOption, parse, path, precisionOption, triple } from './arguments.js';
import { checkOutputs } from './check-outputs.js';
import {
  evaluateCase,
  findCases,
  NSD_TOLERANCE_MM,
  type CaseResult,
  type ComparedVolumes,
} from './evaluate-cases.js';
import { formatJson, scoresOf } from './evaluation-scores.js';
import { formatEvaluation } from './evaluation-table.js';
import { exitCodeOf } from './exit.js';
import { Outputs } from './outputs.js';
import { Terminal } from './terminal.js';

interface EvaluateArguments {
  readonly cases: string;
  readonly json?: string;
  readonly csv?: string;
  readonly pictures?: string;
  readonly only: readonly string[];
  readonly model: string;
  readonly backend: BackendChoice;
  readonly precision: PrecisionChoice;
  readonly window?: Vec3;
}

function parseEvaluateArguments(argv: readonly string[]): EvaluateArguments {
  const command = new Command('npx nx run infer:evaluate --')
    .description('Segments the cases of a folder and compares them with their references.')
    .requiredOption(
      '--cases <folder>',
      'holds a folder a case: image.nii.gz or dicom/, lung.nii.gz',
      path('--cases'),
    )
    .option('--json <file>', 'results, and how they are spread over the cases', path('--json'))
    .option('--csv <file>', 'a row a case and class, a column a score', path('--csv'))
    .option(
      '--pictures <folder>',
      'a PNG a case: outlines of the reference in blue, of the mask in orange, where they agree in white',
      path('--pictures'),
    )
    .option(
      '--only <names>',
      'cases to evaluate, with commas',
      (value) => value.split(',').filter(Boolean),
      [],
    )
    .addOption(modelOption())
    .addOption(backendOption())
    .addOption(precisionOption())
    .option('--window <x,y,z>', 'voxels a window may have, which sets the memory', triple);
  const options = parse(command, argv).opts<EvaluateArguments>();
  if (options.json !== undefined && options.json === options.csv) {
    command.error('error: json and csv must be different files');
  }
  return options;
}

async function evaluate(
  options: EvaluateArguments,
  outputs: Outputs,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { json, csv, pictures, window } = options;
  const cases = await findCases(options.cases, options.only);
  const picturePath = (name: string): string => join(pictures ?? '', `${name}.png`);
  const drawn = pictures === undefined ? [] : cases.map(({ name }) => picturePath(name));
  const inputs = cases.flatMap(({ image, lung, leftRight }) => [
    image,
    lung,
    ...(leftRight === undefined ? [] : [leftRight]),
  ]);
  await checkOutputs([json, csv, ...drawn], inputs);
  const backend = await selectBackend(options.backend);
  const precision = await choosePrecision(options.precision, backend);
  const model = await loadModel(options.model);
  const prepared = await model.network.prepareForInference({ precision });
  const { name, version, weights } = model.description;
  terminal.line(`${name} ${version}, ${backend.description}, ${precision}`);
  const results: CaseResult[] = [];
  for (const item of cases) {
    const result = await evaluateCase(item, model, {
      signal,
      predict: (x) => prepared.apply(x),
      onProgress: (done, total) => terminal.progress(done, total),
      ...(window === undefined ? {} : { window }),
      ...(pictures === undefined
        ? {}
        : { onCompared: (volumes) => writePicture(outputs, picturePath(item.name), volumes) }),
    });
    results.push(result);
    printResult(result, terminal);
  }
  prepared.dispose();
  model.network.dispose();
  terminal.line(formatEvaluation(results));
  const table = scoresOf(results);
  const report = {
    model: { name, version, weightsSha256: weights.sha256 },
    backend,
    precision,
    surfaceDiceToleranceMm: NSD_TOLERANCE_MM,
    cases: results,
    summary: table.summary(),
  };
  if (json !== undefined) await writeFile(await outputs.aside(json), formatJson(report), { flush: true });
  if (csv !== undefined) await writeFile(await outputs.aside(csv), table.toCsv(), { flush: true });
  signal.throwIfAborted();
  await outputs.commit();
}

async function writePicture(
  outputs: Outputs,
  path: string,
  { image, reference, prediction }: ComparedVolumes,
): Promise<void> {
  const picture = slicePicture(image, { reference, prediction });
  await writeFile(await outputs.aside(path), await encodePng(picture), { flush: true });
}

function printResult({ name, scores, flags }: CaseResult, terminal: Terminal): void {
  const { dice, surfaceDice, hausdorff95 } = scores.lungs;
  terminal.line(
    `${name}: Dice ${dice.toFixed(4)}, NSD at ${NSD_TOLERANCE_MM} mm ${surfaceDice.toFixed(4)}, HD95 ${hausdorff95.toFixed(2)} mm`,
  );
  for (const { message } of flags) terminal.line(`  ! ${message}`);
}

process.exitCode = await exitCodeOf(async (signal) => {
  const options = parseEvaluateArguments(process.argv.slice(2));
  const terminal = new Terminal({ out: process.stdout, err: process.stderr }, false);
  const outputs = new Outputs();
  try {
    await evaluate(options, outputs, terminal, signal);
  } finally {
    await outputs.discard();
  }
});
