import { BACKEND_CHOICES, selectBackend, type BackendChoice } from '@lungseg/backend';
import { Command, Option } from 'commander';
import { loadConfig } from './config.js';
import { Progress } from './progress.js';
import { runCommand, resolvePath } from './run-command.js';
import { runTraining } from './run.js';

interface Flags {
  readonly config: string;
  readonly set: readonly string[];
  readonly resume: boolean;
  readonly dashboard: boolean;
  readonly backend: BackendChoice;
}

async function serve(flags: Flags): Promise<void> {
  const config = loadConfig(resolvePath(flags.config), flags.set);
  const backend = await selectBackend(flags.backend);
  console.log(`Backend: ${backend.description}`);
  for (const reason of backend.passedOver) console.log(`  passed over ${reason}`);
  const abort = new AbortController();
  process.once('SIGINT', () => {
    console.error('Stopping after this step, with a checkpoint. Press Ctrl-C again to stop at once.');
    abort.abort();
    process.once('SIGINT', () => process.exit(130));
  });
  const progress = new Progress(config);
  await runTraining(config, {
    resolvePath,
    resume: flags.resume,
    signal: abort.signal,
    onPrepared: (name, done, total) => progress.prepared(name, done, total),
    onEvent: (event) => progress.event(event),
  });
  progress.end(abort.signal.aborted);
}

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

const program = new Command('train:serve')
  .description('Trains a lung segmentation network from a config. Research use only.')
  .requiredOption('--config <file>', 'a JSON config; see the folder configs/')
  .option(
    '--set <key=value>',
    'overrides a key of the config, for instance --set crop.size=[160,160,32]',
    collect,
    [],
  )
  .option('--resume', 'goes on from the last checkpoint in the output folder', false)
  .option('--no-dashboard', 'accepted; this version prints its progress only')
  .addOption(new Option('--backend <name>', 'where tensors live').choices(BACKEND_CHOICES).default('auto'))
  .exitOverride()
  .action(serve);

await runCommand(program);
