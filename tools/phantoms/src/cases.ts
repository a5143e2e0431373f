import { join } from 'node:path';
import { createThoraxPhantom, PHANTOM_PRESETS, type PhantomPreset } from '@lungseg/data';
import { writeVolume } from '@lungseg/io';
import { Command } from 'commander';
import { here, integer, presetOption, runProgram } from './program.js';

interface Options {
  readonly output: string;
  readonly seed: number;
  readonly count: number;
  readonly preset: PhantomPreset;
}

async function writeCases({ output, seed, count, preset }: Options): Promise<void> {
  for (let n = 0; n < count; n++) {
    const name = `phantom-${preset}-${seed + n}`;
    const folder = join(here(output), name);
    const { image, label, leftRight } = createThoraxPhantom({ seed: seed + n, ...PHANTOM_PRESETS[preset] });
    await writeVolume(join(folder, 'lung.nii.gz'), label);
    await writeVolume(join(folder, 'lung_lr.nii.gz'), leftRight);
    await writeVolume(join(folder, 'image.nii.gz'), image);
    console.log(`${name}: ${image.geometry.size.join(' x ')}`);
  }
}

await runProgram(
  new Command('npx nx run phantoms:cases')
    .description(
      'Writes thorax phantoms as cases for infer:evaluate: a folder a phantom, with image.nii.gz, lung.nii.gz (1 lung) and lung_lr.nii.gz (1 right, 2 left).',
    )
    .requiredOption('--output <folder>', 'where the folders go, relative to the current folder')
    .option('--seed <n>', 'seed of the first phantom', integer(0), 1)
    .option('--count <n>', 'how many, with seeds counting up', integer(1), 1)
    .addOption(presetOption('any'))
    .action(writeCases),
);
