import { isLungsegError } from '@lungseg/core';
import {
  createThoraxPhantom,
  PHANTOM_COVERAGES,
  PHANTOM_PRESETS,
  type PhantomCoverage,
  type PhantomParams,
  type PhantomPreset,
} from '@lungseg/data';
import { Command, InvalidArgumentError, Option } from 'commander';
import { stack, tilesOf, type Picture } from './contact-sheet.js';
import { writePicture } from './write-picture.js';

interface Options {
  readonly output: string;
  readonly seed: number;
  readonly count: number;
  readonly preset: PhantomPreset;
  readonly coverage?: PhantomCoverage;
}

const integer =
  (lowest: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < lowest) {
      throw new InvalidArgumentError(`It must be an integer of ${lowest} or more.`);
    }
    return value;
  };

/** What was put into the patient, as the parameters name it. */
const devicesOf = ({ devices }: PhantomParams): string[] =>
  Object.entries(devices).flatMap(([name, value]) => (value === false || value === 0 ? [] : [name]));

async function preview({ output, seed, count, preset, coverage }: Options): Promise<void> {
  const rows: Picture[] = [];
  for (let n = 0; n < count; n++) {
    const { image, label, leftRight, params } = createThoraxPhantom({
      seed: seed + n,
      ...PHANTOM_PRESETS[preset],
      // Tiles are drawn for axes that run to the left, to the back and to the head.
      flips: false,
      ...(coverage === undefined ? {} : { coverage }),
    });
    let lung = 0;
    for (const value of label.data) lung += value;
    const kinds = [
      ...new Set([...params.pathology.lesions.map(({ kind }) => kind), ...devicesOf(params)]),
    ].join(', ');
    const [dx, dy, dz] = image.geometry.spacing;
    const litres = ((lung * dx * dy * dz) / 1e6).toFixed(2);
    console.log(`seed ${seed + n}: lungs ${litres} l in view${kinds === '' ? '' : `; ${kinds}`}`);
    rows.push(tilesOf(image, leftRight, { pixelMm: 1.5, window: [-1350, 150] }));
  }
  const path = await writePicture(stack(rows), output);
  console.log(`Wrote ${path}`);
}

const program = new Command('npx nx run phantoms:preview')
  .description(
    'Writes a contact sheet of thorax phantoms: a row a seed, five axial slices from base to apex and a coronal one, with the outlines of the right (orange) and left (blue) lung.',
  )
  .requiredOption('--output <file.png>', 'where the PNG goes, relative to the current folder')
  .option('--seed <n>', 'seed of the first phantom', integer(0), 1)
  .option('--count <n>', 'how many, with seeds counting up', integer(1), 12)
  .addOption(
    new Option('--preset <name>', 'what the phantoms are for')
      .choices(Object.keys(PHANTOM_PRESETS))
      .default('preview'),
  )
  .addOption(
    new Option('--coverage <part>', 'what of the body is in view; drawn by default').choices(
      PHANTOM_COVERAGES,
    ),
  )
  .exitOverride()
  .action(preview);

program.parseAsync().catch((error: unknown) => {
  // Commander has printed its own complaints by now; help and version are no failure.
  const commander = error as { code?: unknown; exitCode?: unknown };
  if (typeof commander.code === 'string' && commander.code.startsWith('commander.')) {
    process.exitCode = commander.exitCode === 0 ? 0 : 2;
    return;
  }
  console.error(isLungsegError(error) || error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
