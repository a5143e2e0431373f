import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { selectBackend } from '@lungseg/backend';
import { createVolume, IDENTITY_DIRECTION } from '@lungseg/core';
import { writeVolume } from '@lungseg/io';
import { evaluateCase, findCases } from './evaluate-cases.js';
import { formatJson, scoresOf } from './evaluation-scores.js';
import { formatEvaluation } from './evaluation-table.js';
import { bandModel } from './testing/band-model.js';
import { gridAround, renderChest } from './testing/chest.js';

let folder: string;

beforeAll(async () => {
  await selectBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'lungseg-evaluate-'));
  const geometry = gridAround([56, 42, 32], [6, 6, 8], IDENTITY_DIRECTION);
  const { image, leftRight } = renderChest(geometry);
  // Half of the left lung is not in the reference.
  const labels = leftRight.data.map((label, n) => (label === 2 && n % 2 === 0 ? 0 : Math.min(label, 1)));
  await mkdir(join(folder, 'a', 'nested'), { recursive: true });
  await mkdir(join(folder, 'b'));
  await mkdir(join(folder, 'notes'));
  for (const name of ['a', 'b']) {
    await writeVolume(join(folder, name, 'image.nii.gz'), image);
    await writeVolume(join(folder, name, 'lung.nii.gz'), createVolume(labels, geometry, 'label'));
  }
  await writeVolume(join(folder, 'a', 'lung_lr.nii.gz'), leftRight);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('findCases', () => {
  test('finds folders with a CT and a reference, in alphabetical order, or those asked for', async () => {
    expect((await findCases(folder)).map(({ name }) => name)).toEqual(['a', 'b']);
    expect((await findCases(folder, ['b'])).map(({ name }) => name)).toEqual(['b']);
  });

  test('names a case that is not there, and those that are', async () => {
    await expect(findCases(folder, ['b', 'c'])).rejects.toThrow(/must have cases c: .*Found: a, b\.$/);
  });
});

describe('evaluateCase', () => {
  test('compares with the reference: both lungs together, and each side where the case has one', async () => {
    const [a, b] = await findCases(folder);
    const model = bandModel([6, 6, 8]);
    const result = await evaluateCase(a!, model);
    const { referenceMl, volumeMl } = result;
    // All of the reference is found, so Dice is 2 R / (R + P).
    expect(result.dice).toBeGreaterThan((2 * referenceMl) / (referenceMl + volumeMl) - 0.05);
    expect(result.dice).toBeLessThan(0.9);
    expect(result.diceRight).toBeGreaterThan(0.93);
    expect(result.diceLeft).toBeGreaterThan(0.93);
    const plain = await evaluateCase(b!, model);
    expect([plain.dice, plain.diceRight, plain.diceLeft]).toEqual([result.dice, null, null]);
    expect(Object.keys(result.scores)).toEqual(['lungs', 'right lung', 'left lung']);
    expect(plain.scores).toEqual({ lungs: result.scores.lungs });
    const { dice, surfaceDice, hausdorff95, volumeDifferenceMl } = result.scores.lungs;
    expect(dice).toBe(result.dice);
    expect(volumeDifferenceMl).toBeCloseTo(volumeMl - referenceMl, 6);
    // The reference is full of holes within the left lung, so that it has surfaces as deep as the lung goes.
    expect(hausdorff95).toBeGreaterThan(6);
    expect(hausdorff95).toBeLessThan(60);
    expect(surfaceDice).toBeGreaterThan(0.3);
    expect(surfaceDice).toBeLessThan(1);

    const table = formatEvaluation([result, plain]);
    for (const text of [dice.toFixed(4), surfaceDice.toFixed(4), hausdorff95.toFixed(2)])
      expect(table).toContain(text);
    for (const text of ['NSD 2 mm', 'HD95 mm', 'difference ml', 'mean', '95 % interval', 'median'])
      expect(table).toContain(text);
    const csv = scoresOf([result, plain]).toCsv().trim().split('\n');
    expect(csv.map((line) => line.split(',').slice(0, 2).join())).toEqual([
      'case,label',
      'a,lungs',
      'a,right lung',
      'a,left lung',
      'b,lungs',
    ]);
  });
});

test('formatJson keeps infinite distances apart from scores that are no number', () => {
  expect(JSON.parse(formatJson({ hausdorff: Infinity, dice: Number.NaN, iou: 1 }))).toEqual({
    hausdorff: 'Infinity',
    dice: null,
    iou: 1,
  });
});
