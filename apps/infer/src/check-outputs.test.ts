import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkOutputs } from './check-outputs.js';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-check-'));
  await writeFile(at('ct.nii.gz'), 'ct');
});
afterEach(() => rm(folder, { recursive: true }));

describe('checkOutputs', () => {
  test('takes new files, files of earlier runs, and none; and makes nothing', async () => {
    await writeFile(at('mask.nii.gz'), 'earlier');
    await checkOutputs([at('mask.nii.gz'), at('new/report.html'), undefined], at('ct.nii.gz'));
    await checkOutputs([], at('ct.nii.gz'));
    expect((await readdir(folder)).sort()).toEqual(['ct.nii.gz', 'mask.nii.gz']);
  });

  test('refuses what the input is a link to, and a link to it is no way round', async () => {
    await symlink(at('ct.nii.gz'), at('link.nii.gz'));
    for (const [input, output] of [
      ['link.nii.gz', 'ct.nii.gz'],
      ['ct.nii.gz', 'link.nii.gz'],
    ]) {
      await expect(checkOutputs([at(output!)], at(input!))).rejects.toThrow(
        /must not be a file of the input, which would be lost\. Received: .*Give another name/,
      );
    }
  });

  test('refuses a file of the folder that is read, but takes a new one in it', async () => {
    await mkdir(at('series/deeper'), { recursive: true });
    await writeFile(at('series/deeper/1.dcm'), 'slice');
    await checkOutputs([at('series/seg.dcm')], at('series'));
    await expect(checkOutputs([undefined, at('series/deeper/1.dcm')], at('series'))).rejects.toThrow(
      /file of the input/,
    );
  });

  test('refuses the voxels that a header names', async () => {
    await writeFile(at('ct.mhd'), 'ObjectType = Image\nNDims = 3\nElementDataFile = ct.mha\n');
    await writeFile(at('ct.mha'), 'voxels');
    await expect(checkOutputs([at('ct.mha')], at('ct.mhd'))).rejects.toThrow(/read from .*ct\.mha/);
  });

  test('refuses one file under two names of its folder', async () => {
    await mkdir(at('results'));
    await symlink(at('results'), at('latest'));
    await expect(checkOutputs([at('results/a.json'), at('latest/a.json')])).rejects.toThrow(
      /must be different files\. Received: .*latest\/a\.json twice/,
    );
  });

  test('refuses what cannot be written', async () => {
    await expect(checkOutputs([at('ct.nii.gz/mask.nii')], at('ct.nii.gz'))).rejects.toThrow(
      /can't be written: what should be its folder is no folder/,
    );
  });
});
