import { join } from 'node:path';
import { readCt } from '@lungseg/io';
import { Command } from 'commander';
import { here, runProgram } from './program.js';
import { pictureOfTransforms } from './transforms-picture.js';
import { writePicture } from './write-picture.js';

/** The one CT of a patient that the project carries. */
const DEMO = join(import.meta.dirname, '../../../packages/models/demo/lidc-0001.nii.gz');

const program = new Command('npx nx run phantoms:transforms')
  .description(
    'Writes the picture of the README of transforms: a slice of a CT, and what transforms make of it.',
  )
  .requiredOption('--output <file.png>', 'where the PNG goes, relative to the current folder')
  .option('--input <path>', "the CT, relative to the current folder; the demo's by default")
  .action(async ({ output, input }: { readonly output: string; readonly input?: string }) => {
    const path = input === undefined ? DEMO : here(input);
    const { volume } = await readCt(path);
    console.log(`Wrote ${await writePicture(pictureOfTransforms(volume), output)}`);
  });

await runProgram(program);
