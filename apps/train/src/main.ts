import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  BACKEND_CHOICES,
  PRECISION_CHOICES,
  selectBackend,
  type BackendChoice,
  type BackendInfo,
  type PrecisionChoice,
} from '@lungseg/backend';
import { UnsupportedError } from '@lungseg/core';
import { Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from './config.js';
import { startDashboard } from './dashboard/start-dashboard.js';
import { collect, resolvePath, runCommand } from './command.js';
import { Progress } from './progress.js';
import { openRunFolder, runTraining } from './run.js';

interface Flags {
  readonly config: string;
  readonly set: readonly string[];
  readonly resume: boolean;
  readonly dashboard: boolean;
  readonly host: string;
  readonly port: number;
  readonly backend: BackendChoice;
  readonly precision?: PrecisionChoice;
}

async function serve(flags: Flags, signal: AbortSignal): Promise<void> {
  const { precision } = flags;
  const config = loadConfig(resolvePath(flags.config), [
    ...flags.set,
    ...(precision === undefined ? [] : [`precision=${precision}`]),
  ]);
  const backend = await selectTrainingBackend(flags.backend);
  const folder = await openRunFolder(config, { resolvePath, resume: flags.resume });
  console.log(`Backend: ${backend.description}`);
  const dashboard = flags.dashboard
    ? await startDashboard({
        runsFolder: dirname(folder),
        currentRun: basename(folder),
        host: flags.host,
        port: flags.port,
      })
    : undefined;
  if (dashboard !== undefined) console.log(`Dashboard: ${dashboard.url}`);
  const progress = new Progress(config);
  try {
    await runTraining(config, folder, {
      resolvePath,
      resume: flags.resume,
      backend,
      signal,
      onPrepared: (name, done, total) => progress.prepared(name, done, total),
      onValidating: (name, number, total) => progress.validating(name, number, total),
      onEvent: (event) => progress.event(event),
    });
    progress.end(signal.aborted);
  } finally {
    progress.close();
    await dashboard?.close();
  }
}

/** @throws UnsupportedError for all but the native backend: the others lack gradients of some ops */
async function selectTrainingBackend(choice: BackendChoice): Promise<BackendInfo> {
  const backend = await selectBackend(choice);
  if (backend.name === 'native') return backend;
  const reasons = backend.passedOver.map((reason) => ` Passed over ${reason}.`).join('');
  throw new UnsupportedError(
    `Training needs the native backend, which alone has all gradients. Received: ${backend.name}.${reasons} Run \`npx nx run native:provision\`, or use --backend=native.`,
  );
}

/** Minutes on a laptop, on phantoms. */
const QUICK = fileURLToPath(new URL('../../../configs/quick.json', import.meta.url));

function port(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0 && number < 65536) return number;
  throw new InvalidArgumentError('It must be a number from 0 (any that is free) to 65535.');
}

await runCommand(
  (signal) =>
    new Command('train:serve')
      .description('Trains a lung segmentation network from a config. Research use only.')
      .option('--config <file>', 'a JSON config; see the folder configs/', QUICK)
      .option(
        '--set <key=value>',
        'overrides a key of the config, for instance --set crop.size=[160,160,32]',
        collect,
        [],
      )
      .option('--resume', 'goes on from the last whole checkpoint in the output folder', false)
      .option('--no-dashboard', 'serves no page')
      .option('--port <number>', "the page's port; 0 for any that is free", port, 8080)
      .option(
        '--host <address>',
        'what the page listens on; others than loopback let others see it',
        '127.0.0.1',
      )
      .addOption(
        new Option('--backend <name>', 'where tensors live').choices(BACKEND_CHOICES).default('auto'),
      )
      .addOption(
        new Option(
          '--precision <name>',
          "what convolutions multiply in, instead of the config's; auto takes the fastest that the device has units for",
        ).choices(PRECISION_CHOICES),
      )
      .action((flags: Flags) => serve(flags, signal)),
  'Stopped before the first step; nothing was trained.',
);
