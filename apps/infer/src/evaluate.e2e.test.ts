import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decode } from 'fast-png';
import { demo, demoReference, evaluate, withModel } from './testing/infer-command.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-evaluate-'));
  await mkdir(join(folder, 'cases/demo'), { recursive: true });
  await copyFile(demo, join(folder, 'cases/demo/image.nii.gz'));
  await copyFile(demoReference, join(folder, 'cases/demo/lung.nii.gz'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('infer:evaluate --pictures', () => {
  withModel('writes a picture a case: where reference and mask agree, and where one is alone', async () => {
    const { code, stderr } = await evaluate(folder, '--cases=cases', '--pictures=out/pictures');
    expect([code, stderr]).toEqual([0, '']);
    expect(await readdir(join(folder, 'out/pictures'))).toEqual(['demo.png']);
    const { width, height, data } = decode(await readFile(join(folder, 'out/pictures/demo.png')));
    // Four slices of 400 pixels, 4 between them; an axial one is square here, a coronal one at most twice as high.
    expect(width).toBe(1612);
    expect(height).toBeGreaterThan(400 + 4);
    expect(height).toBeLessThanOrEqual(400 + 4 + 800);
    const counts = { white: 0, blue: 0, orange: 0 };
    for (let n = 0; n < data.length; n += 3) {
      const colour = `${data[n]} ${data[n + 1]} ${data[n + 2]}`;
      // Bone is white, too, though not beside that many pixels.
      if (colour === '255 255 255') counts.white++;
      if (colour === '0 170 255') counts.blue++;
      if (colour === '255 150 0') counts.orange++;
    }
    expect(counts.blue).toBeGreaterThan(100);
    expect(counts.orange).toBeGreaterThan(100);
    expect(counts.white).toBeGreaterThan(Math.max(counts.blue, counts.orange));
  });

  test('says that no picture can go there before it segments', async () => {
    await writeFile(join(folder, 'a-file'), '');
    const { code, stderr } = await evaluate(folder, '--cases=cases', '--pictures=a-file');
    expect([code, stderr.trim().split('\n')]).toEqual([1, [expect.stringContaining('a-file')]]);
  });
});
