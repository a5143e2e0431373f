import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadCheckpoint, saveCheckpoint, type Checkpoint } from './checkpoint.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-checkpoint-'));
});
afterEach(() => rm(folder, { recursive: true }));

const CHECKPOINT: Checkpoint = {
  step: 12,
  weights: new Map([['conv.weight', { shape: [2, 1], data: Float32Array.of(1, 2) }]]),
  averaged: new Map([['conv.weight', { shape: [2, 1], data: Float32Array.of(3, 4) }]]),
  optimizer: new Map([['step', { shape: [], data: BigInt64Array.of(12n) }]]),
  bestDice: 0.5,
  network: '{"width":1}',
};

describe('checkpoints', () => {
  test('come back as they were saved, with nothing left aside', async () => {
    const path = join(folder, 'last.safetensors');
    await saveCheckpoint(path, CHECKPOINT);
    expect(await loadCheckpoint(path)).toEqual(CHECKPOINT);
    expect(await readdir(folder)).toEqual(['last.safetensors']);
  });

  test('keep the one before when writing fails', async () => {
    const path = join(folder, 'last.safetensors');
    await saveCheckpoint(path, CHECKPOINT);
    const before = await readFile(path);
    const broken = { ...CHECKPOINT, weights: null } as unknown as Checkpoint;
    await expect(saveCheckpoint(join(folder, 'missing', 'last.safetensors'), broken)).rejects.toThrow();
    expect(await readFile(path)).toEqual(before);
  });

  test('that are damaged, missing or something else say so', async () => {
    const path = join(folder, 'last.safetensors');
    await saveCheckpoint(path, CHECKPOINT);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length - 3));
    await expect(loadCheckpoint(path)).rejects.toThrow(
      /can't be read as a checkpoint: The safetensors file is damaged/,
    );
    await expect(loadCheckpoint(join(folder, 'none'))).rejects.toThrow(
      /can't be read as a checkpoint: ENOENT/,
    );
  });
});
