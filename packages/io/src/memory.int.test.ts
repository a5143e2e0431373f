import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createGeometry, createVolume } from '@lungseg/core';
import { readVolume } from './read-volume.js';
import { dicomSeries } from './testing/synthetic-dicom.js';

const SLICES = 160;
const SIDE = 512;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-test-'));
  const slice = createVolume(
    Int16Array.from({ length: SIDE * SIDE }, (_, n) => ((n * 7919) % 3000) - 1024),
    createGeometry({ size: [SIDE, SIDE, 1] }),
  );
  const place = (k: number): string => (1000 + k / 2).toFixed(1);
  const [file] = dicomSeries(slice, { edit: () => ({ '00200032': ['DS', `0\\0\\${place(0)}`] }) });
  const bytes = Buffer.from(file!.bytes);
  const offset = bytes.indexOf(place(0));
  for (let k = 0; k < SLICES; k++) {
    bytes.write(place(k), offset, 'latin1');
    await writeFile(join(folder, `${k}.dcm`), bytes);
  }
});
afterAll(() => rm(folder, { recursive: true }));

test('reading a DICOM series takes less than 2.5 times the memory of its voxels', async () => {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 2);
  const { volume } = await readVolume(folder);
  clearInterval(timer);
  most = Math.max(most, process.memoryUsage.rss());
  expect(volume.geometry.size).toEqual([SIDE, SIDE, SLICES]);
  expect(volume.data[2 * SIDE * SIDE + 5]).toBe(((5 * 7919) % 3000) - 1024);
  expect((most - before) / volume.data.byteLength).toBeLessThan(2.5);
});
