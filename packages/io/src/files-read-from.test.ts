import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { filesReadFrom } from './files-read-from.js';
import { dicomSeries } from './testing/synthetic-dicom.js';
import { huVolume } from './testing/volumes.js';
import { writeVolume } from './write-volume.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const put = async (name: string, contents: string | Uint8Array): Promise<string> => {
  await writeFile(join(folder, name), contents);
  return join(folder, name);
};
const within = (...names: readonly string[]): string[] => names.map((name) => join(folder, name));

describe('filesReadFrom', () => {
  test('of a file with header and voxels, and of a zip, is that file', async () => {
    for (const name of ['a.nii.gz', 'a.nrrd', 'a.mha']) {
      await writeVolume(join(folder, name), huVolume());
      expect(await filesReadFrom(join(folder, name))).toEqual(within(name));
    }
    expect(await filesReadFrom(await put('a.zip', 'PK\x03\x04'))).toEqual(within('a.zip'));
  });

  test('of a MetaImage header has the file of its voxels', async () => {
    const header = await put('a.mhd', 'ObjectType = Image\nNDims = 3\nElementDataFile = a.raw\n');
    await expect(filesReadFrom(header)).rejects.toThrow(/a\.raw can't be read: it is not there/);
    await put('a.raw', 'voxels');
    expect(await filesReadFrom(header)).toEqual(within('a.mhd', 'a.raw'));
  });

  test('of one slice of DICOM is its series, and nothing else beside it; of a folder, all of it', async () => {
    for (const { name, bytes } of dicomSeries(huVolume()).slice(0, 3)) await put(name, bytes);
    await put('notes.txt', 'none of it');
    expect(await filesReadFrom(join(folder, '1.dcm'))).toEqual(within('0.dcm', '1.dcm', '2.dcm'));
    await mkdir(join(folder, 'deeper'));
    await put('deeper/more', '');
    expect(await filesReadFrom(folder)).toEqual(
      within('0.dcm', '1.dcm', '2.dcm', 'deeper/more', 'notes.txt'),
    );
  });

  test('of nothing is an error', async () => {
    await expect(filesReadFrom(join(folder, 'none'))).rejects.toThrow(/No such file or folder: .*none/);
  });
});
