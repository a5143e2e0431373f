import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createGeometry, createVolume, Rng } from '@lungseg/core';
import { writeVolume } from '@lungseg/io';
import { buildSync } from 'esbuild';
import type { SampleRun } from '../testing/run-samples.js';

const SAMPLES = 2000;
/** An image of float32 and a label map of bytes, 32 x 32 x 16. */
const SAMPLE_BYTES = 32 * 32 * 16 * 5;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-memory-'));
  const geometry = createGeometry({ size: [56, 48, 24], spacing: [1, 1, 3] });
  for (let n = 0; n < 3; n++) {
    const rng = new Rng(n);
    const noise = Int16Array.from({ length: 56 * 48 * 24 }, () => rng.integer(-1000, 400));
    const mask = Uint8Array.from(noise, (hu) => (hu < -600 ? 1 : 0));
    await writeVolume(join(folder, `image-${n}.nii`), createVolume(noise, geometry));
    await writeVolume(join(folder, `label-${n}.nii`), createVolume(mask, geometry, 'label'));
  }
});
beforeAll(() => {
  const testing = join(dirname(dirname(expect.getState().testPath!)), 'testing');
  for (const [entry, format, outfile] of [
    ['run-samples.ts', 'cjs', 'run-samples.cjs'],
    ['sample-work.ts', 'esm', 'sample-work.mjs'],
  ] as const) {
    buildSync({
      entryPoints: [join(testing, entry)],
      outfile: join(folder, outfile),
      bundle: true,
      platform: 'node',
      format,
      conditions: ['@lungseg/source'],
      external: ['@itk-wasm/*', 'itk-wasm'],
      logOverride: { 'empty-import-meta': 'silent' },
    });
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs samples in a process of its own, in which nothing else takes memory. */
function runSamples(samples: number, how: 'here' | 'threads' | 'kept'): SampleRun {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', join(folder, 'run-samples.cjs'), folder, String(samples), how],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  return JSON.parse(stdout) as SampleRun;
}

/** How much more is held at the last of ten looks than at the first. */
const growth = (looks: readonly number[]): number => looks.at(-1)! - looks[0]!;
/** Code and caches still warm up after the first look; one sample in a hundred that was kept would be over this. */
const MOST_IN_USE = 10 * SAMPLE_BYTES;

test.each([
  ['from files through a cache to batches', 'here'],
  ['from two worker threads', 'threads'],
] as const)('memory stays flat over 2,000 samples, %s', (_name, how) => {
  const { inUse, resident } = runSamples(SAMPLES, how);
  expect(inUse).toHaveLength(10);
  expect(growth(inUse)).toBeLessThan(MOST_IN_USE);
  // Of the system a process takes more, since it frees late: less than half of what passed through between the looks.
  expect(growth(resident)).toBeLessThan((0.9 * SAMPLES * SAMPLE_BYTES) / 2);
});

test('a stream of which one sample in twenty is kept would be over the bound', () => {
  expect(growth(runSamples(400, 'kept').inUse)).toBeGreaterThan(MOST_IN_USE);
});
