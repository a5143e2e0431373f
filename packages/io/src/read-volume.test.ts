import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readVolume } from './read-volume.js';
import { dicomSeries } from './testing/synthetic-dicom.js';
import { huVolume } from './testing/volumes.js';
import { writeVolume } from './write-volume.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(path: string, bytes: Uint8Array | string): Promise<string> {
  const whole = join(folder, path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, bytes);
  return whole;
}

const volume = huVolume();

describe('readVolume', () => {
  test.each(['.nii', '.nii.gz', '.nrrd', '.mha'])('reads %s', async (extension) => {
    const path = join(folder, `scan${extension}`);
    await writeVolume(path, volume);
    const { volume: result, warnings } = await readVolume(path);
    expect(result.data).toEqual(volume.data);
    expect(warnings).toEqual([]);
  });

  test('tells the format by content, not by name', async () => {
    await writeVolume(join(folder, 'scan.nrrd'), volume);
    const { format } = await readVolume(join(folder, 'scan.nrrd'));
    expect(format).toBe('nrrd');
  });

  test('reads a folder of DICOM with folders in it, and leaves hidden files and broken links out', async () => {
    for (const { name, bytes } of dicomSeries(volume))
      await put(`a/${Number.parseInt(name) % 2}/${name}`, bytes);
    await put('.hidden', 'x');
    await symlink(join(folder, 'nowhere'), join(folder, 'link'));
    await symlink(folder, join(folder, 'a', 'loop'));
    const { volume: result, dicom, warnings } = await readVolume(folder);
    expect(result).toEqual(volume);
    expect(dicom!.slices[1]!.name).toBe('a/1/1.dcm');
    expect(warnings).toEqual([]);
  });

  test('says what is wrong with a path', async () => {
    const missing = join(folder, 'missing');
    await expect(readVolume(missing)).rejects.toThrow(`No such file or folder: ${missing}`);
    const text = await put('text.nii.gz', 'hello world');
    await expect(readVolume(join(text, 'x'))).rejects.toThrow('No such file or folder: ');
    await expect(readVolume(text)).rejects.toThrow(`${text} is not a gzip file: it begins with "hello wor"`);
    await expect(readVolume(await put('empty.nii', ''))).rejects.toThrow(
      'empty.nii is empty: it has 0 bytes',
    );
  });

  test('says what a folder lacks', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    await expect(readVolume(empty)).rejects.toThrow(`${empty} has no DICOM images: it is empty.`);
    await put('notes/a.txt', 'hello');
    await expect(readVolume(join(folder, 'notes'))).rejects.toThrow(
      /notes has no DICOM images: of 1 file, 1 not DICOM\. Give the folder of a CT series/,
    );
    for (const [name, advice] of [
      ['ct.nii.gz', `of 1 file, 1 not DICOM. Give ${folder}/image/ct.nii.gz itself.`],
      ['old.NRRD', `of 2 files, 2 not DICOM. Give one image itself, for instance ${folder}/image/ct.nii.gz.`],
    ]) {
      await put(`image/${name}`, 'hello');
      await expect(readVolume(join(folder, 'image'))).rejects.toThrow(advice);
    }
    await put('one/0.dcm', dicomSeries(volume)[0]!.bytes);
    await expect(readVolume(join(folder, 'one'))).rejects.toThrow('0.dcm is a 2-D image: 5 x 4 x 1.');
  });

  test('throws the reason of a signal that has stopped', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(readVolume(folder, { signal })).rejects.toThrow('stopped');
  });
});
