import {
  BACKEND_CHOICES,
  PRECISION_CHOICES,
  type BackendChoice,
  type PrecisionChoice,
} from '@lungseg/backend';
import { InvalidArgumentError as BadArgument, type Vec3 } from '@lungseg/core';
import { FLIP_AXES, type FlipAxis } from '@lungseg/inferers';
import { writableExtension, WRITABLE_EXTENSIONS } from '@lungseg/io';
import { Command, InvalidArgumentError, Option } from 'commander';
import { resolveFromUser } from './paths.js';
import { withPlainDefaults } from './plain-defaults.js';
import { refuseBesideList, refuseRepeated, refuseSameModels } from './refused-options.js';
import { INTENDED_USE, LABEL_NAMES, type LabelsChoice } from './report.js';
import { programVersion } from './version.js';

/** The model of `infer:run` where none is asked for. */
export const DEFAULT_MODEL = 'ahnet-small';

/** How `infer:run` is to read its input. */
export interface InputArguments {
  readonly input: string;
  readonly series?: string;
  /** Whether missing and unevenly spaced slices are interpolated. */
  readonly allowGaps: boolean;
  /** Whether the numbers are taken for HU, whatever they look like. */
  readonly assumeHu: boolean;
}

/** What a user asked for with `--list`; paths are absolute. */
export interface ListArguments extends InputArguments {
  readonly list: true;
  /** A file, or true for stdout. */
  readonly json?: string | true;
  readonly labels?: LabelsChoice;
}

/** What a user asked for; paths are absolute. */
export interface InferArguments extends InputArguments {
  readonly list: false;
  readonly output: string;
  readonly json?: string;
  readonly preview?: string;
  /** A page of HTML. */
  readonly report?: string;
  /** Shipped models' names, or absolute paths: several answer together. */
  readonly models: readonly string[];
  readonly backend: BackendChoice;
  readonly labels: LabelsChoice;
  readonly precision: PrecisionChoice;
  readonly window?: Vec3;
  /** Bytes that inference may take. */
  readonly memory?: number;
  /** Windows at once. */
  readonly batch: number;
  readonly flips: readonly FlipAxis[];
  readonly quiet: boolean;
}

/** What the options are before they are told apart. */
interface Options extends Omit<InferArguments, 'list' | 'output' | 'json' | 'labels' | 'models'> {
  readonly model: readonly string[];
  readonly list: boolean;
  readonly output?: string;
  readonly json?: string | true;
  readonly labels?: LabelsChoice;
}

/**
 * Reads the command line of `infer:run`.
 *
 * @param argv what follows the program's name
 * @param version what `--version` says
 * @throws CommanderError for what can't be understood, and for `--help` and `--version`, which have exit code 0
 */
export function parseInferArguments(
  argv: readonly string[],
  version = programVersion(),
): InferArguments | ListArguments {
  const command = new Command('npx nx run infer:run --')
    .description(`Segments the lungs of a chest CT. ${INTENDED_USE}`)
    .version(version, ...VERSION_OPTION)
    .requiredOption('--input <path>', 'NIfTI, NRRD, MHA, MHD, a DICOM folder, file or zip', path('--input'))
    .option('--output <file>', `the mask; ends in ${WRITABLE_EXTENSIONS.join(', ')} (DICOM SEG)`, maskPath)
    .option('--list', 'print the series of the input, and why each is suitable or not, and end', false)
    .option(
      '--json [file]',
      'statistics, flags, versions and times; with --list the series, on stdout where no file is given',
      path('--json'),
    )
    .option('--preview <file.png>', "slices with the lungs' outlines", pngPath)
    .option(
      '--report <file.html>',
      'one page with flags, volumes, histogram, pictures and versions',
      htmlPath,
    )
    .addOption(modelsOption())
    .addOption(backendOption())
    .addOption(precisionOption())
    .addOption(
      new Option(
        '--labels <choice>',
        'lung: 1 lung, as by default; left-right: 1 right lung, 2 left lung, as by default in .dcm',
      ).choices(Object.keys(LABEL_NAMES)),
    )
    .option(
      '--window <x,y,z>',
      "voxels a window may have, which sets the memory; the model's by default",
      triple,
    )
    .option(
      '--memory <size>',
      'what inference may take, such as 4GB: chooses the window, the whole image if that fits',
      memorySize,
    )
    .option('--batch <n>', 'windows that go through the network at once', positiveInteger, 1)
    .option(
      '--flips <axes>',
      'average over mirror images along these axes, for instance x,y: 2, 4 or 8 times the work',
      flipAxes,
      [],
    )
    .option('--series <uid>', 'which series, where a DICOM folder has several')
    .option('--allow-gaps', 'interpolate where slices are missing or unevenly spaced', false)
    .option('--assume-hu', 'take the numbers for HU, although they do not look so', false)
    .option('--quiet', 'print errors and flags only, on stderr', false);
  const options = parse(command, argv, ['model']).opts<Options>();
  return options.list ? checkedList(command, options) : checkedInfer(command, options);
}

function checkedList(command: Command, options: Options): ListArguments {
  const { input, series, allowGaps, assumeHu, output, json } = options;
  if (output !== undefined) command.error("error: --list writes no mask, so that it can't have an --output");
  refuseBesideList(command);
  return {
    list: true,
    input,
    allowGaps,
    assumeHu,
    ...(series === undefined ? {} : { series }),
    ...(json === undefined ? {} : { json }),
  };
}

function checkedInfer(command: Command, given: Options): InferArguments {
  const { output, json, model, ...rest } = given;
  if (output === undefined) command.error("error: required option '--output <file>' not specified");
  if (json === true) {
    command.error(
      "error: option '--json <file>' argument missing. Without --list a file must be given, for instance --json=lungs.json",
    );
  }
  const labels = given.labels ?? defaultLabels(output);
  refuseSameModels(command, model);
  if (given.memory !== undefined && given.window !== undefined) {
    command.error(
      'error: --memory chooses the window, so that --window would have no effect. Give one of them',
    );
  }
  const models = model.length === 0 ? [DEFAULT_MODEL] : model;
  const options = { ...rest, models, output, json, labels } as InferArguments;
  const files = [options.output, options.json, options.preview, options.report].filter(
    (file) => file !== undefined,
  );
  if (new Set([options.input, ...files]).size !== files.length + 1) {
    command.error('error: input, output, json, preview and report must be different files');
  }
  return options;
}

/** A mask of numbers is of the lungs as the network knows them; a DICOM segmentation names its segments, right and left. */
function defaultLabels(output: string): LabelsChoice {
  return isSegmentation(output) ? 'left-right' : 'lung';
}

/** Whether a mask is to be written as a DICOM segmentation. */
export function isSegmentation(output: string): boolean {
  return writableExtension(output) === '.dcm';
}

const VERSION_OPTION = ['--version', 'print what version this is'] as const;

/**
 * Prepares a command so that it throws instead of ending the process, and prints usage errors on stderr.
 *
 * @param repeatable names of options that may be given several times
 */
export function parse(
  command: Command,
  argv: readonly string[],
  repeatable: readonly string[] = [],
): Command {
  refuseRepeated(command, repeatable);
  if (command.version() === undefined) command.version(programVersion(), ...VERSION_OPTION);
  return withPlainDefaults(command).allowExcessArguments(false).exitOverride().parse(argv, { from: 'user' });
}

/** `--model`. */
export function modelOption(): Option {
  return new Option('--model <name|folder>', 'a shipped model, or a folder with a model.json')
    .default(DEFAULT_MODEL)
    .argParser(modelPath);
}

/** `--model`, which may be given several times. */
function modelsOption(): Option {
  return new Option(
    '--model <name|folder>',
    `a shipped model, or a folder with a model.json; given several times, they answer together (default: ${DEFAULT_MODEL})`,
  )
    .default([])
    .argParser((value: string, previous: readonly string[]) => [...previous, modelPath(value)]);
}

/** A name stays as it is, anything that looks like a path is taken from where the user stands. */
const modelPath = (value: string): string => (/[/\\]|^\.+$/.test(value) ? resolveFromUser(value) : value);

/** `--backend`. */
export function backendOption(): Option {
  return new Option('--backend <choice>', 'auto takes the first that works')
    .choices([...BACKEND_CHOICES])
    .default('auto');
}

/** `--precision`. */
export function precisionOption(): Option {
  return new Option(
    '--precision <choice>',
    'what the network multiplies in; auto takes the fastest that the device has units for',
  )
    .choices([...PRECISION_CHOICES])
    .default('float32');
}

const BYTE_UNITS: Readonly<Record<string, number>> = { M: 1e6, G: 1e9 };

/** Reads a size in megabytes or gigabytes. */
export function memorySize(value: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([MG])B?$/i.exec(value.trim()) ?? [];
  const bytes = Number(digits) * (BYTE_UNITS[unit?.toUpperCase() ?? ''] ?? NaN);
  if (!(bytes > 0)) throw new InvalidArgumentError('It must be a size, for instance 4GB or 800MB.');
  return bytes;
}

/** Reads a number of windows. */
export function positiveInteger(value: string): number {
  const n = Number(value);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('It must be a positive integer.');
  return n;
}

/** Reads axes, with commas. */
export function flipAxes(value: string): FlipAxis[] {
  const axes = value.split(',');
  const known: readonly string[] = FLIP_AXES;
  if (!axes.every((axis) => known.includes(axis)) || new Set(axes).size !== axes.length) {
    throw new InvalidArgumentError('It must be some of x, y and z, with commas.');
  }
  return axes as FlipAxis[];
}

/** Reads three numbers of voxels. */
export function triple(value: string): Vec3 {
  const numbers = value.split(/[,x]/).map(Number);
  if (numbers.length !== 3 || !numbers.every((n) => Number.isInteger(n) && n > 0)) {
    throw new InvalidArgumentError('It must be three positive integers, for instance 448,384,64.');
  }
  return numbers as unknown as Vec3;
}

/** Reads a path that isn't empty. */
export function path(option: string): (value: string) => string {
  return (value) => {
    if (value === '') throw new InvalidArgumentError(`${option} must be a path.`);
    return resolveFromUser(value);
  };
}

function maskPath(value: string): string {
  try {
    writableExtension(value);
  } catch (error) {
    if (error instanceof BadArgument) throw new InvalidArgumentError(error.message);
    throw error;
  }
  return resolveFromUser(value);
}

function pngPath(value: string): string {
  if (!/[^/\\]\.png$/i.test(value)) throw new InvalidArgumentError('A preview must end in .png.');
  return resolveFromUser(value);
}

function htmlPath(value: string): string {
  if (!/[^/\\]\.html?$/i.test(value)) throw new InvalidArgumentError('A report must end in .html.');
  return resolveFromUser(value);
}
