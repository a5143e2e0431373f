import type { Vec3 } from '@lungseg/core';
import { readModelDescription } from '@lungseg/models';
import {
  checkAHNetInput,
  formatNetworkSummary,
  resolveAHNetOptions,
  summarizeAHNet,
} from '@lungseg/networks';
import { Command } from 'commander';
import { modelOption, parse, triple } from './arguments.js';
import { exitCodeOf } from './exit.js';

interface SummaryArguments {
  readonly model: string;
  readonly size: Vec3;
}

process.exitCode = await exitCodeOf(async () => {
  const command = new Command('npx nx run infer:summary --')
    .description("Lists a model's layers with their outputs, parameters and multiplications.")
    .addOption(modelOption())
    .option('--size <x,y,z>', 'of the input', triple, [224, 224, 32] as Vec3);
  const { model, size } = parse(command, process.argv.slice(2)).opts<SummaryArguments>();
  const { network } = await readModelDescription(model);
  const [x, y, z] = size;
  const shape = [1, z, y, x, network.inChannels];
  checkAHNetInput(resolveAHNetOptions(network), shape);
  process.stdout.write(`${formatNetworkSummary(summarizeAHNet(network, shape))}\n`);
});
