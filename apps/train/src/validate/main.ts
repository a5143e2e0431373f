import { join } from 'node:path';
import { BACKEND_CHOICES, selectBackend, type BackendChoice } from '@lungseg/backend';
import { assertWritable, makeFolder } from '@lungseg/io';
import { writeWhole } from '@lungseg/trainer';
import { Command, Option } from 'commander';
import { collect, resolvePath, runCommand } from '../command.js';
import { readConfig } from '../read-config.js';
import { pictureFile } from '../records/run-records.js';
import { openTrainedRun } from '../run-folder.js';
import { judgeRun } from './judge-run.js';
import { formatSummary } from './summary-table.js';
import { validateSchema, type ValidateConfig } from './validate-schema.js';

interface Flags {
  readonly config?: string;
  readonly set: readonly string[];
  readonly run?: string;
  readonly backend: BackendChoice;
}

function configOf({ config, set, run }: Flags): ValidateConfig {
  const overrides = run === undefined ? set : [`run=${JSON.stringify(run)}`, ...set];
  const path = config === undefined ? undefined : resolvePath(config);
  return readConfig(validateSchema, path, overrides);
}

async function validate(flags: Flags, signal: AbortSignal): Promise<void> {
  const config = configOf(flags);
  const run = await openTrainedRun(resolvePath(config.run), config.checkpoint);
  const output = config.output === undefined ? join(run.folder, 'evaluation') : resolvePath(config.output);
  await assertWritable(join(output, 'evaluation.json'));
  const backend = await selectBackend(flags.backend);
  console.log(
    `${run.config.name}, ${run.checkpointPath}, step ${run.checkpoint.step}, ${backend.description}`,
  );
  const { table, worst } = await judgeRun(run, {
    resolvePath,
    signal,
    toleranceMm: config.toleranceMm,
    previews: config.previews,
    ...(config.data === undefined ? {} : { data: config.data }),
    onPrepared: (name, done, total) => {
      if (process.stderr.isTTY)
        process.stderr.write(`\rprepared ${done}/${total} ${name}${done === total ? '\n' : ''}`);
    },
    onJudged: (name, { dice, surfaceDice, hausdorff95 }) =>
      console.log(
        `${name}: Dice ${dice.toFixed(4)}, NSD at ${config.toleranceMm} mm ${surfaceDice.toFixed(4)}, HD95 ${hausdorff95.toFixed(2)} mm`,
      ),
  });
  await makeFolder(join(output, 'worst'));
  const report = {
    intendedUse: 'Research use only.',
    run: run.config.name,
    checkpoint: run.checkpointPath,
    step: run.checkpoint.step,
    backend: backend.description,
    grid: "the network's",
    surfaceDiceToleranceMm: config.toleranceMm,
    ...(table.toJSON() as object),
  };
  await writeWhole(join(output, 'cases.csv'), table.toCsv());
  await writeWhole(join(output, 'summary.csv'), table.toSummaryCsv());
  await writeWhole(join(output, 'evaluation.json'), `${JSON.stringify(report, null, 2)}\n`);
  for (const [rank, { name, png }] of worst.entries()) {
    await writeWhole(join(output, 'worst', `${rank + 1}-${pictureFile(name)}`), png);
  }
  console.log(formatSummary(table.summary()));
  console.log(`cases.csv, summary.csv, evaluation.json and pictures of the worst cases are in ${output}`);
}

await runCommand((signal) =>
  new Command('train:validate')
    .description(
      "Segments the validation cases of a trained run and measures them on the network's grid. Research use only.",
    )
    .option('--run <folder>', 'the run; runs/quick where neither this nor a config names one')
    .option('--config <file>', 'a JSON config of a validation; see the folder configs/')
    .option('--set <key=value>', 'overrides a key of it, for instance --set checkpoint=last', collect, [])
    .addOption(new Option('--backend <name>', 'where tensors live').choices(BACKEND_CHOICES).default('auto'))
    .action((flags: Flags) => validate(flags, signal)),
);
