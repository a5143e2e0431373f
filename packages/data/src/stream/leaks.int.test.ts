import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createGeometry, createVolume, Rng } from '@lungseg/core';
import { writeVolume } from '@lungseg/io';
import {
  applyTransforms,
  batch,
  inTurn,
  randomFlip,
  randomShiftIntensity,
  repeatEpochs,
} from '@lungseg/transforms';
import { from, lastValueFrom, take, timer } from 'rxjs';
import { cacheSamples, diskStore, loadSamples, memoryStore, type DatalistEntry } from '../index.js';

const SIDE = 48;
const BYTES_PER_SAMPLE = SIDE ** 3 * 5;

let folder: string;
let entries: DatalistEntry[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-leaks-'));
  const geometry = createGeometry({ size: [SIDE, SIDE, SIDE] });
  entries = [];
  for (let n = 0; n < 3; n++) {
    const entry = { image: join(folder, `image-${n}.nii`), label: join(folder, `label-${n}.nii.gz`) };
    const rng = new Rng(n);
    const noise = Int16Array.from({ length: SIDE ** 3 }, () => rng.integer(-1000, 400));
    await writeVolume(entry.image, createVolume(noise, geometry));
    await writeVolume(entry.label, createVolume(new Uint8Array(SIDE ** 3).fill(1), geometry, 'label'));
    entries.push(entry);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Voxels and objects in use: the least of several looks, since what is unreachable is freed in the background. */
async function bytesInUse(): Promise<number> {
  let least = Infinity;
  for (let looks = 0; looks < 8; looks++) {
    collectGarbage();
    await lastValueFrom(timer(10));
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
}

test('memory stays flat over hundreds of samples, from files through a cache to batches', async () => {
  const inUse: number[] = [];
  const samples = from(entries).pipe(
    repeatEpochs({ seed: 1 }),
    cacheSamples({ store: memoryStore({ budgetBytes: 1e9 }), prepare: [] }),
    applyTransforms([randomFlip({ probability: 0.5 }), randomShiftIntensity({ maxOffset: 10 })], { seed: 2 }),
    batch({ size: 2 }),
    // A consumer that gives up the turn, as a training step does.
    inTurn(async (_batch, index) => {
      await new Promise(setImmediate);
      if ((index + 1) % 50 === 0) inUse.push(await bytesInUse());
      return index;
    }),
    take(200),
  );
  expect(await lastValueFrom(samples)).toBe(199);
  expect(inUse).toHaveLength(4);
  // 300 samples went by between the first and the last look: kept, one in a hundred would show.
  expect(inUse[3]! - inUse[0]!).toBeLessThan(3 * BYTES_PER_SAMPLE);
});

/** Paths in the folder that this process has open. */
async function openFiles(): Promise<string[]> {
  const links = await readdir('/proc/self/fd');
  const paths = await Promise.all(links.map((link) => readlink(`/proc/self/fd/${link}`).catch(() => '')));
  return paths.filter((path) => path.startsWith(folder));
}

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('unsubscribing in the midst of reading and hashing leaves no file open', async () => {
  const operators = [
    loadSamples({ ahead: 3 }),
    cacheSamples({ store: diskStore({ folder: join(folder, 'cache') }), prepare: [], ahead: 3 }),
  ];
  for (const operator of operators) {
    for (const afterMs of [0, 1, 2, 4, 8]) {
      let given = 0;
      const subscription = from(entries)
        .pipe(repeatEpochs(), operator)
        .subscribe(() => given++);
      await lastValueFrom(timer(afterMs));
      subscription.unsubscribe();
      const soFar = given;
      // What is being opened just then is read and closed, which takes a moment on a busy machine; what leaks stays open.
      await lastValueFrom(timer(100));
      for (let waits = 0; waits < 200 && (await openFiles()).length > 0; waits++)
        await lastValueFrom(timer(50));
      expect(await openFiles()).toEqual([]);
      expect(given).toBe(soFar);
    }
  }
});
