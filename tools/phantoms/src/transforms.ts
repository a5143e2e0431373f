import { Command } from 'commander';
import { pictureOfTransforms } from './transforms-picture.js';
import { writePicture } from './write-picture.js';

const program = new Command('npx nx run phantoms:transforms')
  .description(
    'Writes the picture of the README of transforms: a slice of a phantom, and what transforms make of it.',
  )
  .requiredOption('--output <file.png>', 'where the PNG goes, relative to the current folder')
  .exitOverride()
  .action(async ({ output }: { readonly output: string }) => {
    console.log(`Wrote ${await writePicture(pictureOfTransforms(), output)}`);
  });

program.parseAsync().catch((error: unknown) => {
  const commander = error as { code?: unknown; exitCode?: unknown };
  if (typeof commander.code === 'string' && commander.code.startsWith('commander.')) {
    process.exitCode = commander.exitCode === 0 ? 0 : 2;
    return;
  }
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
