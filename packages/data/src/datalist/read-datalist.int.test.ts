import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readDatalist } from './read-datalist.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-datalist-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('paths are relative to the folder of the datalist; absolute ones stay', async () => {
  const path = join(folder, 'set.json');
  await writeFile(path, '\uFEFF{"training":[{"image":"../x/a.nii","label":"/labels/a.nii"}]}');
  const { training, validation } = await readDatalist(path);
  expect(training).toEqual([{ image: join(folder, '../x/a.nii'), label: '/labels/a.nii' }]);
  expect(validation).toEqual([]);
});

test('a missing file and a folder are named', async () => {
  await expect(readDatalist(join(folder, 'none.json'))).rejects.toThrow(/none\.json: there is no such file/);
  await expect(readDatalist(folder)).rejects.toThrow(/it is a folder/);
});
