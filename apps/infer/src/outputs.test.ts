import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Outputs } from './outputs.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-outputs-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('Outputs', () => {
  test('puts files in place only when they are committed, and replaces what was there', async () => {
    const outputs = new Outputs();
    const place = join(folder, 'new', 'mask.nii.gz');
    const aside = await outputs.aside(place);
    expect(aside.endsWith('.nii.gz')).toBe(true);
    await writeFile(aside, 'mask');
    await writeFile(place, 'old');
    await outputs.commit();
    expect(await readFile(place, 'utf8')).toBe('mask');
    expect(await readdir(join(folder, 'new'))).toEqual(['mask.nii.gz']);
  });

  test('leaves nothing when discarded', async () => {
    const outputs = new Outputs();
    await writeFile(await outputs.aside(join(folder, 'a')), 'a');
    await outputs.discard();
    expect(await readdir(folder)).toEqual([]);
  });

  test('leaves none of the files when one cannot be put in place', async () => {
    const outputs = new Outputs();
    await writeFile(await outputs.aside(join(folder, 'a')), 'a');
    await writeFile(await outputs.aside(join(folder, 'b')), 'b');
    await mkdir(join(folder, 'b', 'in-the-way'), { recursive: true });
    await expect(outputs.commit()).rejects.toThrow();
    await outputs.discard();
    expect(await readdir(folder)).toEqual(['b']);
  });

  test('gives back what was there before when another cannot be put in place', async () => {
    const outputs = new Outputs();
    for (const name of ['a', 'new', 'b']) await writeFile(await outputs.aside(join(folder, name)), name);
    await writeFile(join(folder, 'a'), 'old');
    await mkdir(join(folder, 'b', 'in-the-way'), { recursive: true });
    await expect(outputs.commit()).rejects.toThrow();
    await outputs.discard();
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('old');
    expect((await readdir(folder)).sort()).toEqual(['a', 'b']);
    expect(await readdir(join(folder, 'b'))).toEqual(['in-the-way']);
  });

  test('refuses the name of a folder', async () => {
    await expect(new Outputs().aside(folder)).rejects.toThrow('it is a folder. Give the name of a file.');
  });
});
