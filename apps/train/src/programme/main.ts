import { Command } from 'commander';
import { collect, resolvePath, runCommand } from '../command.js';
import { readConfig } from '../read-config.js';
import { programmeSchema } from './programme-schema.js';
import { runProgramme } from './run-programme.js';

interface Flags {
  readonly config: string;
  readonly set: readonly string[];
}

await runCommand(
  (signal) =>
    new Command('train:programme')
      .description(
        'Makes a model from nothing to its table of results: trains a run for each fold, exports each, and judges each by the patients that it did not see. Goes on where it was stopped. Research use only.',
      )
      .requiredOption('--config <file>', 'a JSON programme, for instance configs/ahnet-small.programme.json')
      .option('--set <key=value>', 'overrides a key of it', collect, [])
      .action(async ({ config, set }: Flags) => {
        const programme = readConfig(programmeSchema, resolvePath(config), set);
        const path = await runProgramme(programme, { resolvePath, signal, log: (line) => console.log(line) });
        console.log(`Results: ${path}`);
      }),
  'Stopped. What is finished is kept: start it again to go on.',
);
