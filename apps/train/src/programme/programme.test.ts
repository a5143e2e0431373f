import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { InvalidArgumentError } from '@lungseg/core';
import { loadConfig } from '../config.js';
import { readConfig } from '../read-config.js';
import { programmeSchema } from './programme-schema.js';
import { formatResults, type EvaluatedCase } from './results.js';
import { runProgramme } from './run-programme.js';
import { changedKeys, runState } from './run-state.js';

const CONFIGS = join(import.meta.dirname, '../../../../configs');

describe('runState', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lungseg-programme-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const event = (type: string): string => `${JSON.stringify({ type, step: 3, time: 'x' })}\n`;

  test('tells a run that is not there from one that was cut off and one that ended', () => {
    expect(runState(join(folder, 'none'))).toBe('new');
    writeFileSync(join(folder, 'metrics.jsonl'), event('step'));
    expect(runState(folder)).toBe('new');
    writeFileSync(join(folder, 'last.safetensors'), '');
    expect(runState(folder)).toBe('unfinished');
    writeFileSync(join(folder, 'metrics.jsonl'), `${event('step')}${event('done')}`);
    expect(runState(folder)).toBe('finished');
  });

  test('tells by which keys a run was made by another config, but for where its files lie', () => {
    const path = join(CONFIGS, 'ahnet-small-folds.json');
    const config = loadConfig(path);
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    expect(changedKeys(folder, loadConfig(path, ['output=elsewhere', 'data.phantoms.cache=x']))).toEqual([]);
    expect(changedKeys(folder, loadConfig(path, ['epochs=3', 'crop.size=[32,32,32]', 'patience=2']))).toEqual(
      ['crop.size', 'epochs', 'patience'],
    );
    const { renormalizeFrom, ...older } = loadConfig(path, ['renormalizeFrom=1']);
    writeFileSync(join(folder, 'config.json'), JSON.stringify(older));
    expect(renormalizeFrom).toBe(1);
    expect(changedKeys(folder, config)).toEqual(['renormalizeFrom']);
    expect(changedKeys(folder, loadConfig(path, ['renormalizeFrom=1']))).toEqual([]);
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    const { initialWeights: _, ...fromNothing } = config;
    expect(changedKeys(folder, fromNothing)).toEqual(['initialWeights']);
  });
});

describe('runProgramme', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lungseg-programme-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Begins a programme with these patients and the files of these cases; what it says first is thrown. */
  async function begin(
    patients: readonly string[],
    files: readonly string[],
    more: object = {},
  ): Promise<unknown> {
    for (const file of files) {
      mkdirSync(join(folder, 'cases', dirname(file)), { recursive: true });
      writeFileSync(join(folder, 'cases', file), '');
    }
    const write = (name: string, json: object): string => {
      writeFileSync(join(folder, name), JSON.stringify(json));
      return join(folder, name);
    };
    const training = patients.map((patient, n) => ({ image: `${n}.nii`, label: 'lung.nii', patient }));
    const datalist = write('datalist.json', { training });
    const folds = write('folds.json', {
      ...{ name: 'a', output: 'a', epochs: 1, stepsPerEpoch: 1 },
      data: { datalist, folds: { count: 2 } },
    });
    const paths = { output: join(folder, 'out'), cases: join(folder, 'cases'), folds };
    const programme = programmeSchema.parse({ name: 'a', version: '1.0.0', ...paths, ...more });
    const begun = new Error('It began to train.');
    return runProgramme(programme, {
      resolvePath: (path) => path,
      signal: AbortSignal.abort(begun),
      log: () => undefined,
    }).catch((error: unknown) => error);
  }
  const filesOf = (name: string): string[] => [`${name}/image.nii.gz`, `${name}/lung.nii.gz`];

  test('begins where the cases of all folds are there, as images or DICOM', async () => {
    const error = await begin(['a', 'b'], [...filesOf('a'), 'b/dicom/1.dcm', 'b/lung.nii.gz', 'more/x']);
    expect(error).toEqual(new Error('It began to train.'));
  });

  test('names cases of any fold that are missing or incomplete before it trains', async () => {
    const files = [...filesOf('a'), 'b/image.nii.gz', 'c/lung.nii.gz', ...filesOf('nested/d')];
    const error = await begin(['a', 'b', 'c', 'nested/d', 'e'], files);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect((error as Error).message).toBe(
      `${join(folder, 'cases')} must have each patient of the datalist as a folder with image.nii.gz or dicom/, and lung.nii.gz. Missing: b, c, e, nested/d. Add them, or give another folder as \`cases\`.`,
    );
  });

  test('refuses to ship a fold that there is not, and phantoms of a kind that there is not', async () => {
    const files = [...filesOf('a'), ...filesOf('b')];
    const error = await begin(['a', 'b'], files, { shippedFold: 2 });
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect((error as Error).message).toMatch(/shippedFold must be below the 2 folds of .*\. Received: 2\./);
    await expect(begin(['a', 'b'], files, { phantoms: { presets: ['thinn'] } })).rejects.toThrow(/"thin"/);
  });

  test('refuses pretraining on a patient of a fold, and to average with anything but last weights', async () => {
    const files = [...filesOf('a'), ...filesOf('b')];
    const datalist = join(folder, 'seen.json');
    const seen = (image: string, patient: string): void =>
      writeFileSync(datalist, JSON.stringify({ training: [{ image, label: 'lung.nii', patient }] }));
    const config = join(folder, 'pretraining.json');
    writeFileSync(
      config,
      JSON.stringify({ name: 'p', output: 'p', epochs: 1, stepsPerEpoch: 1, data: { datalist } }),
    );
    seen('b.nii', 'b');
    const samePatient = await begin(['a', 'b'], files, { pretraining: [config] });
    expect((samePatient as Error).message).toContain(
      'must train on none of their patients or images. Received: b.',
    );
    seen('1.nii', 'other');
    const sameImage = await begin(['a', 'b'], files, { pretraining: [config] });
    expect((sameImage as Error).message).toContain(`Received: ${join(folder, '1.nii')}.`);
    writeFileSync(
      config,
      JSON.stringify({
        name: 'p',
        output: 'p',
        epochs: 1,
        stepsPerEpoch: 1,
        data: { phantoms: { count: 1 } },
      }),
    );
    const ofBest = { pretraining: config, keepInitial: 0.5, export: { checkpoint: 'best' } };
    const best = await begin(['a', 'b'], files, ofBest);
    expect((best as Error).message).toContain('export.checkpoint must be last where');
    await expect(begin(['a', 'b'], files, { pretraining: 5 })).rejects.toThrow(/expected array/);
  });

  test('refuses to keep some of what no run has made', async () => {
    const files = [...filesOf('a'), ...filesOf('b')];
    const error = await begin(['a', 'b'], files, { keepInitial: 0.25 });
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect((error as Error).message).toContain('pretraining or tuning. Received: 0.25, and neither.');
  });

  test('refuses a comma in a name, which infer:evaluate takes for two', async () => {
    const error = await begin(['a', 'b, right'], [...filesOf('a'), ...filesOf('b, right')]);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect((error as Error).message).toContain(
      'Patients of a programme must have no comma in their names. Received: b, right.',
    );
  });
});

test('results are a row a case and the mean over all folds, and what has no number is a dash', () => {
  const item = (name: string, dice: number | null, referenceMl: number): EvaluatedCase => ({
    name,
    scores: { lungs: { dice, surfaceDice: dice, hausdorff95: dice === null ? null : 'Infinity' } },
    diceRight: dice,
    diceLeft: null,
    volumeMl: 1010,
    referenceMl,
  });
  const lines = formatResults([
    { fold: 0, cases: [item('a', 0.9, 1000)] },
    { fold: 1, cases: [item('b', 0.96, 2020), item('empty', null, 0)] },
  ]).split('\n');
  expect(lines.slice(2)).toEqual([
    '| a | 0 | 0.9000 | 0.9000 | Infinity | 1010 | 1000 | 1.0 % | 0.9000 | – |',
    '| b | 1 | 0.9600 | 0.9600 | Infinity | 1010 | 2020 | -50.0 % | 0.9600 | – |',
    '| empty | 1 | – | – | – | 1010 | 0 | – | – | – |',
    '| **mean** | | **0.9300** | **0.9300** | | | | | 0.9300 | – |',
    '',
  ]);
});

test.each(readdirSync(CONFIGS).filter((name) => name.includes('.programme.')))('reads configs/%s', (name) => {
  expect(readConfig(programmeSchema, join(CONFIGS, name)).name).not.toBe('');
});
