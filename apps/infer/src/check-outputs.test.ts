import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume } from '@lungseg/core';
import { checkOutputs } from './check-outputs.js';
import { writeDicomSeries } from './testing/dicom-series.js';

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
    await checkOutputs([at('mask.nii.gz'), at('new/report.html'), undefined], [at('ct.nii.gz')]);
    await checkOutputs([], [at('ct.nii.gz')]);
    expect((await readdir(folder)).sort()).toEqual(['ct.nii.gz', 'mask.nii.gz']);
  });

  test('refuses what the input is a link to, and a link to it is no way round', async () => {
    await symlink(at('ct.nii.gz'), at('link.nii.gz'));
    for (const [input, output] of [
      ['link.nii.gz', 'ct.nii.gz'],
      ['ct.nii.gz', 'link.nii.gz'],
    ]) {
      await expect(checkOutputs([at(output!)], [at(input!)])).rejects.toThrow(
        /must not be a file of the input, which would be lost\. Received: .*Give another name/,
      );
    }
  });

  test('refuses a slice of the folder that is read, but takes what is none, twice', async () => {
    const volume = createVolume(new Int16Array(8), createGeometry({ size: [2, 2, 2] }));
    await writeDicomSeries(at('series/deeper'), volume, { seriesInstanceUid: '1.2.3', description: 'Chest' });
    const slice = at(`series/deeper/${(await readdir(at('series/deeper')))[0]!}`);
    const outputs = ['seg.nii.gz', 'results.json', 'deeper/preview.png'].map((name) => at(`series/${name}`));
    for (let run = 0; run < 2; run++) {
      await checkOutputs(outputs, [at('series')]);
      for (const path of outputs) await writeFile(path, 'earlier');
    }
    for (const input of ['series', 'linked']) {
      if (input === 'linked') await symlink(at('series'), at('linked'));
      await expect(checkOutputs([undefined, slice], [at(input)])).rejects.toThrow(/file of the input/);
    }
  });

  test('refuses the voxels that a header names', async () => {
    await writeFile(at('ct.mhd'), 'ObjectType = Image\nNDims = 3\nElementDataFile = ct.mha\n');
    await writeFile(at('ct.mha'), 'voxels');
    await expect(checkOutputs([at('ct.mha')], [at('ct.mhd')])).rejects.toThrow(/read from .*ct\.mha/);
  });

  test('refuses one file under two names of its folder', async () => {
    await mkdir(at('results'));
    await symlink(at('results'), at('latest'));
    await expect(checkOutputs([at('results/new/b.json'), at('latest/new/b.json')], [])).rejects.toThrow(
      /different/,
    );
    await expect(checkOutputs([at('results/a.json'), at('latest/a.json')], [])).rejects.toThrow(
      /must be different files\. Received: .*latest\/a\.json twice/,
    );
  });

  test('refuses what cannot be written', async () => {
    await expect(checkOutputs([at('ct.nii.gz/mask.nii')], [at('ct.nii.gz')])).rejects.toThrow(
      /can't be written: what should be its folder is no folder/,
    );
  });
});
