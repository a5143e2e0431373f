import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { loadNewestCheckpoint, saveLastCheckpoint } from './checkpoint-folder.js';
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
  averageUpdates: 2,
  optimizer: new Map([['step', { shape: [], data: BigInt64Array.of(12n) }]]),
  bestDice: 0.5,
  validationsSinceBest: 2,
  epochLoss: { sum: 1.25, count: 3 },
  lossScale: { scale: 1024, goodSteps: 3 },
  network: '{"width":1}',
  about: '{"config":{"name":"a"}}',
};

async function damage(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[bytes.length - 3]! ^= 1;
  await writeFile(path, bytes);
}

describe('checkpoints', () => {
  test('come back as they were saved, with nothing left aside', async () => {
    const path = join(folder, 'last.safetensors');
    await saveCheckpoint(path, CHECKPOINT);
    expect(await loadCheckpoint(path)).toEqual(CHECKPOINT);
    expect(await readdir(folder)).toEqual(['last.safetensors']);
  });

  test('written several at a time to one path give one of them, whole', async () => {
    const path = join(folder, 'last.safetensors');
    const weights = new Map([['w', { shape: [500_000], data: new Float32Array(500_000) }]]);
    await Promise.all([1, 2, 3].map((step) => saveCheckpoint(path, { ...CHECKPOINT, weights, step })));
    expect([1, 2, 3]).toContain((await loadCheckpoint(path)).step);
    expect(await readdir(folder)).toEqual(['last.safetensors']);
  });

  test('that are cut, missing or something else say so', async () => {
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

  test('of which one bit has changed are refused, in a weight as in the number of steps', async () => {
    const path = join(folder, 'last.safetensors');
    await saveCheckpoint(path, CHECKPOINT);
    const whole = await readFile(path);
    await damage(path);
    await expect(loadCheckpoint(path)).rejects.toThrow(/is damaged: the SHA-256 of its contents should be/);
    const at = whole.indexOf('"step":"12"');
    whole[at + '"step":"1'.length]! ^= 1;
    await writeFile(path, whole);
    await expect(loadCheckpoint(path)).rejects.toThrow(/is damaged: the SHA-256/);
  });

  (existsSync('/dev/full') ? test : test.skip)(
    'keep the one before when the disk is full, and say so (needs /dev/full)',
    async () => {
      const path = await saveLastCheckpoint(folder, CHECKPOINT, 2);
      const before = await readFile(path);
      const uuid = '11111111-1111-4111-8111-111111111111';
      const random = jest.spyOn(crypto, 'randomUUID').mockReturnValue(uuid);
      await symlink('/dev/full', `${path}.tmp-${process.pid}-${uuid}`);
      await expect(saveLastCheckpoint(folder, { ...CHECKPOINT, step: 13 }, 2)).rejects.toThrow(
        /last\.safetensors can't be written at step 13: no space is left on the disk\. .* make room/,
      );
      random.mockRestore();
      expect(await readFile(path)).toEqual(before);
      expect((await loadNewestCheckpoint(folder))?.checkpoint.step).toBe(12);
    },
  );
});

describe('the checkpoints of a folder', () => {
  test('are the last and the ones before it, as many as asked for', async () => {
    for (const step of [10, 20, 30, 40]) await saveLastCheckpoint(folder, { ...CHECKPOINT, step }, 3);
    expect((await readdir(folder)).sort()).toEqual([
      'last.safetensors',
      'step-000020.safetensors',
      'step-000030.safetensors',
      'step-000040.safetensors',
    ]);
    await saveLastCheckpoint(folder, { ...CHECKPOINT, step: 50 }, 1);
    expect(await readdir(folder)).toEqual(['last.safetensors']);
  });

  test('give the newest whole one, and say what is wrong with the newer', async () => {
    for (const step of [10, 20]) await saveLastCheckpoint(folder, { ...CHECKPOINT, step }, 3);
    await damage(join(folder, 'last.safetensors'));
    const found = await loadNewestCheckpoint(folder);
    expect(found).toMatchObject({ path: join(folder, 'step-000010.safetensors'), checkpoint: { step: 10 } });
    expect(found?.passedOver).toEqual([expect.stringContaining('last.safetensors is damaged')]);
  });

  test('newer than the one that a run resumed from make way for its own, and count no more', async () => {
    for (const step of [100, 150, 200, 300]) await saveLastCheckpoint(folder, { ...CHECKPOINT, step }, 3);
    for (const name of ['step-000200', 'last']) await damage(join(folder, `${name}.safetensors`));
    const found = await loadNewestCheckpoint(folder);
    expect(found?.checkpoint.step).toBe(150);
    await saveLastCheckpoint(folder, { ...CHECKPOINT, step: 250 }, 2, found?.checkpoint.step);
    expect((await readdir(folder)).sort()).toEqual([
      'last.safetensors',
      'step-000150.safetensors',
      'step-000250.safetensors',
    ]);
    await damage(join(folder, 'last.safetensors'));
    expect((await loadNewestCheckpoint(folder))?.checkpoint.step).toBe(150);
  });

  test('newer than the last one are of a run that was left, and go', async () => {
    for (const step of [100, 200, 300]) await saveLastCheckpoint(folder, { ...CHECKPOINT, step }, 2);
    await saveLastCheckpoint(folder, { ...CHECKPOINT, step: 250 }, 2);
    expect((await readdir(folder)).sort()).toEqual([
      'last.safetensors',
      'step-000200.safetensors',
      'step-000250.safetensors',
    ]);
  });

  test('that are all damaged give one error that names each; an empty folder gives nothing', async () => {
    expect(await loadNewestCheckpoint(folder)).toBeUndefined();
    await saveLastCheckpoint(folder, CHECKPOINT, 1);
    await saveCheckpoint(join(folder, 'best.safetensors'), CHECKPOINT);
    await damage(join(folder, 'last.safetensors'));
    await damage(join(folder, 'best.safetensors'));
    await expect(loadNewestCheckpoint(folder)).rejects.toThrow(
      /No checkpoint in .* can be used\. .*last\.safetensors is damaged.*best\.safetensors is damaged/,
    );
  });

  test('are freed of what a killed run left half written', async () => {
    await saveLastCheckpoint(folder, CHECKPOINT, 1);
    await writeFile(join(folder, 'last.safetensors.tmp-123'), 'half');
    await writeFile(join(folder, `last.safetensors.tmp-123-${crypto.randomUUID()}`), 'half');
    expect((await loadNewestCheckpoint(folder))?.checkpoint).toEqual(CHECKPOINT);
    expect(await readdir(folder)).toEqual(['last.safetensors']);
  });
});
