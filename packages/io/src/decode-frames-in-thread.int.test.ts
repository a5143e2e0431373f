import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createVolume } from '@lungseg/core';
import { build } from 'esbuild';
import { frameDecoder } from './decode-frames-in-thread.js';
import { readVolumeFromFiles } from './read-volume-from-files.js';
import type { Codecs } from './read-options.js';
import { encodeJpegLossless } from './testing/jpeg-lossless.js';
import {
  dicomSeries,
  encapsulate,
  JPEG_LOSSLESS,
  RLE_LOSSLESS,
  type SyntheticSeriesOptions,
} from './testing/synthetic-dicom.js';
import { huVolume } from './testing/volumes.js';

const small = huVolume();
/** Enough slices for threads to pay. */
const SLICES = 40;
const [columns, rows] = small.geometry.size;
const plane = columns * rows;
const volume = createVolume(
  Int16Array.from({ length: plane * SLICES }, (_, n) => ((n * 37) % 1500) - 1000),
  { ...small.geometry, size: [columns, rows, SLICES] },
);

const lossless: SyntheticSeriesOptions = {
  transferSyntax: JPEG_LOSSLESS,
  edit: (k) => {
    const pixels = Array.from(volume.data.subarray(k * plane, (k + 1) * plane), (hu) => hu + 1024);
    const image = { rows, columns, precision: 16, predictor: 1, pixels };
    const frame = encodeJpegLossless({
      ...image,
      linesPerRestart: 0,
      pointTransform: 0,
      hasLongCodes: false,
    });
    return { '7fe00010': ['OB', encapsulate(frame)] };
  },
};

let folder: string;
let calls: number[];
let codecs: Codecs;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lungseg-frames-'));
  // As the package's build makes it: a thread of Node 20 can't run TypeScript.
  const outfile = join(folder, 'worker.mjs');
  const source = join(dirname(expect.getState().testPath!), 'dicom-frame-worker.ts');
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@lungseg/source'],
  });
  const decode = frameDecoder(outfile);
  calls = [];
  codecs = {
    concurrency: 2,
    decodeFrames: (frames) => {
      calls.push(frames.length);
      return decode(frames);
    },
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('frames that threads decode', () => {
  test.each<[string, SyntheticSeriesOptions]>([
    ['RLE', { transferSyntax: RLE_LOSSLESS }],
    ['lossless JPEG', lossless],
  ])('are the volume that was written: %s', async (_, options) => {
    calls = [];
    const { volume: result } = await readVolumeFromFiles(dicomSeries(volume, options), { codecs });
    expect(result.data).toEqual(volume.data);
    expect(calls.reduce((sum, n) => sum + n, 0)).toBe(SLICES);
  });

  test('a few slices stay in the thread that reads', async () => {
    calls = [];
    const files = dicomSeries(small, { transferSyntax: RLE_LOSSLESS });
    const { volume: result } = await readVolumeFromFiles(files, { codecs });
    expect(result.data).toEqual(small.data);
    expect(calls).toEqual([]);
  });

  test('one that is damaged is the same error as without threads, and the next series is read', async () => {
    const files = dicomSeries(volume, lossless);
    const damaged = files.map((file, k) => {
      if (k !== 33) return file;
      const bytes = file.bytes.slice();
      // Within the compressed lines, before the markers that end image and sequence.
      bytes.fill(0xff, bytes.byteLength - 40, bytes.byteLength - 20);
      return { ...file, bytes };
    });
    const errorOf = (some: Codecs): Promise<unknown> =>
      readVolumeFromFiles(damaged, { codecs: some }).then(
        () => undefined,
        (error: unknown) => error,
      );
    const [inThread, here] = [await errorOf(codecs), await errorOf({})];
    expect(inThread).toMatchObject({ kind: 'read', path: '33.dcm' });
    expect((inThread as Error).message).toBe((here as Error).message);
    expect((await readVolumeFromFiles(files, { codecs })).volume.data).toEqual(volume.data);
  });

  test('take two threads where there are two processors', async () => {
    let running = 0;
    let most = 0;
    const counting: Codecs = {
      concurrency: 2,
      decodeFrames: async (frames) => {
        most = Math.max(most, ++running);
        const numbers = await codecs.decodeFrames!(frames);
        running--;
        return numbers;
      },
    };
    await readVolumeFromFiles(dicomSeries(volume, lossless), { codecs: counting });
    expect(most).toBe(2);
  });
});
