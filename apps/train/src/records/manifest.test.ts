import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CaseFiles } from '../case-entries.js';
import type { TrainConfig } from '../config.js';
import { makeManifest, type Environment } from './manifest.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-manifest-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const HEADER = 'ObjectType = Image\nNDims = 3\nElementDataFile = ct.raw\n';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What run.json says of the images of cases. */
async function imagesOf(paths: readonly string[]): Promise<readonly unknown[]> {
  const label = join(folder, 'label.nii');
  await writeFile(label, 'label');
  const training = paths.map((image): CaseFiles => ({ name: image, patient: image, image, label }));
  const config = { seed: 1, data: {} } as TrainConfig;
  const manifest = await makeManifest(config, {} as Environment, { training, validation: [] });
  const { data } = manifest as { data: { training: { image: unknown; label: unknown }[] } };
  expect(data.training.map((item) => item.label)).toEqual(paths.map(() => sha256('label')));
  return data.training.map(({ image }) => image);
}

test('images are told apart by all files that they are read from', async () => {
  const paths: string[] = [];
  for (const name of ['one', 'two']) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'ct.mhd'), HEADER);
    await writeFile(join(folder, name, 'ct.raw'), name);
    paths.push(join(folder, name, 'ct.mhd'), join(folder, name));
  }
  await writeFile(join(folder, 'ct.nii'), 'image');
  const [one, folderOne, two, folderTwo, image] = await imagesOf([...paths, join(folder, 'ct.nii')]);
  expect([one, two]).toEqual([sha256(`${HEADER}one`), sha256(`${HEADER}two`)]);
  expect([folderOne, folderTwo]).toEqual([one, two]);
  expect(image).toBe(sha256('image'));
});
