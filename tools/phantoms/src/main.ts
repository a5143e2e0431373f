import {
  createThoraxPhantom,
  PHANTOM_COVERAGES,
  PHANTOM_PRESETS,
  type PhantomCoverage,
  type PhantomParams,
  type PhantomPreset,
} from '@lungseg/data';
import { Command, Option } from 'commander';
import { stack, tilesOf, type Picture } from './contact-sheet.js';
import { integer, presetOption, runProgram } from './program.js';
import { writePicture } from './write-picture.js';

interface Options {
  readonly output: string;
  readonly seed: number;
  readonly count: number;
  readonly preset: PhantomPreset;
  readonly coverage?: PhantomCoverage;
}

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
  .addOption(presetOption('preview'))
  .addOption(
    new Option('--coverage <part>', 'what of the body is in view; drawn by default').choices(
      PHANTOM_COVERAGES,
    ),
  )
  .action(preview);

await runProgram(program);
