import { join } from 'node:path';
import { selectBackend } from '@lungseg/backend';
import { InvalidArgumentError } from '@lungseg/core';
import { assertWritable } from '@lungseg/io';
import { Command } from 'commander';
import { collect, resolvePath, runCommand } from '../command.js';
import { readConfig } from '../read-config.js';
import { openTrainedRun } from '../run-folder.js';
import { exportRun } from './export-run.js';
import { exportSchema } from './export-schema.js';
import { meanOfRuns } from './mean-of-runs.js';

interface Flags {
  readonly config?: string;
  readonly set: readonly string[];
  readonly run?: string;
  readonly output?: string;
}

async function exportModel({ config: file, set, run, output }: Flags): Promise<void> {
  const path = file === undefined ? undefined : resolvePath(file);
  const flags = Object.entries({ run, output }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${JSON.stringify(value)}`],
  );
  const config = readConfig(exportSchema, path, [...flags, ...set]);
  const { checkpoint, meanWith, meanShare } = config;
  if (meanWith === undefined && meanShare !== undefined) {
    throw new InvalidArgumentError(
      `meanShare needs meanWith, the run that has this share. Received: ${meanShare} alone.`,
    );
  }
  const opened = await openTrainedRun(resolvePath(config.run), checkpoint);
  const folder = config.output === undefined ? join(opened.folder, 'model') : resolvePath(config.output);
  await assertWritable(join(folder, 'model.json'));
  const mean = meanWith === undefined ? undefined : { run: meanWith, share: meanShare ?? 0.5 };
  const trained =
    mean === undefined
      ? opened
      : meanOfRuns(opened, await openTrainedRun(resolvePath(mean.run), checkpoint), mean.share);
  // Weights are only put in their places: no kernel is needed.
  await selectBackend('cpu');
  const { name, version, weights } = await exportRun(
    trained,
    config,
    folder,
    join(trained.folder, 'evaluation'),
    mean,
  );
  console.log(
    `${name} ${version}, step ${trained.checkpoint.step}: ${weights.bytes} bytes, SHA-256 ${weights.sha256}`,
  );
  console.log(`It is in ${folder}. Try it: npx nx run infer:run --model=${folder} --input=CT --output=MASK`);
}

await runCommand(() =>
  new Command('train:export')
    .description(
      'Writes the weights of a trained run as a model for infer:run, with a model card. Research use only.',
    )
    .option('--run <folder>', 'the run; runs/quick where neither this nor a config names one')
    .option('--output <folder>', "the model's folder; the folder model of the run by default")
    .option('--config <file>', 'a JSON config of an export; see the folder configs/')
    .option('--set <key=value>', 'overrides a key of it, for instance --set float=F16', collect, [])
    .action((flags: Flags) => exportModel(flags)),
);
