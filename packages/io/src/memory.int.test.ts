import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createGeometry, createVolume } from '@lungseg/core';
import { dicomSeries } from './testing/synthetic-dicom.js';

const SLICES = 1000;
const SIDE = 512;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-test-'));
  await mkdir(join(folder, 'series'));
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
    await writeFile(join(folder, 'series', `${k}.dcm`), bytes);
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** Reads a path in a process of its own, in which nothing else takes memory, and prints what that took at most. */
const PROBE = `
  const { readFileSync, writeFileSync } = require('node:fs');
  const { buildSync } = require('esbuild');
  const [entry, bundle, path] = process.argv.slice(1);
  buildSync({
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['@lungseg/source'],
    external: ['@itk-wasm/*', 'itk-wasm'],
    logOverride: { 'empty-import-meta': 'silent' },
  });
  const { readVolume } = require(bundle);
  const idle = process.memoryUsage.rss();
  // Linux keeps the most that a process has held, and forgets it when told to; elsewhere it is sampled.
  try { writeFileSync('/proc/self/clear_refs', '5'); } catch {}
  const highWater = () => {
    try {
      return 1024 * Number(/^VmHWM:\\s+(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))[1]);
    } catch {
      return 0;
    }
  };
  let most = idle;
  const sample = () => (most = Math.max(most, process.memoryUsage.rss()));
  const timer = setInterval(sample, 1);
  readVolume(path).then(({ volume }) => {
    sample();
    clearInterval(timer);
    const { data, geometry } = volume;
    const bytes = Math.max(most, highWater()) - idle;
    process.stdout.write(JSON.stringify({ bytes, size: geometry.size, type: data.constructor.name }));
  });
`;

test('reading a DICOM series of 512 x 512 x 1000 takes less than 2.5 times the memory of its voxels', () => {
  // jest gives the path of the test file that runs.
  const source = dirname(expect.getState().testPath!);
  const files = [join(source, 'index.ts'), join(folder, 'bundle.cjs'), join(folder, 'series')];
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', PROBE, ...files], {
    cwd: source,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const { bytes, size, type } = JSON.parse(stdout) as { bytes: number; size: number[]; type: string };
  expect({ size, type }).toEqual({ size: [SIDE, SIDE, SLICES], type: 'Int16Array' });
  const voxelBytes = 2 * SIDE * SIDE * SLICES;
  // The voxels themselves have to be there, or the probe measures nothing.
  expect(bytes / voxelBytes).toBeGreaterThan(0.9);
  expect(bytes / voxelBytes).toBeLessThan(2.5);
});
