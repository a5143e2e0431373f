import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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

test('a missing file is named, and a folder that is no nnU-Net data set', async () => {
  await expect(readDatalist(join(folder, 'none.json'))).rejects.toThrow(/none\.json: there is no such file/);
  await expect(readDatalist(folder)).rejects.toThrow(/dataset\.json must be the description.*no such file/);
});

test('CSV: a line a case, by the names of its columns, sorted by split', async () => {
  const path = join(folder, 'set.csv');
  await writeFile(
    path,
    '\uFEFFpatient,image,label,split,note\np1,a.nii.gz,a_lung.nii.gz,,"x, y"\n,"b, 2.nii.gz",,test,\np2,/c.nii,c.nii,validation,\n',
  );
  expect(await readDatalist(path)).toEqual({
    training: [{ image: join(folder, 'a.nii.gz'), label: join(folder, 'a_lung.nii.gz'), patient: 'p1' }],
    validation: [{ image: '/c.nii', label: join(folder, 'c.nii'), patient: 'p2' }],
    test: [{ image: join(folder, 'b, 2.nii.gz') }],
  });
});

test('CSV: folds are kept, and columns are found whatever the case of their names', async () => {
  const path = join(folder, 'folds.csv');
  await writeFile(path, 'Image,Patient,SPLIT,fold\na.nii,p1,,0\nb.nii,p2,validation,3\nc.nii,p3,test,\n');
  expect(await readDatalist(path)).toEqual({
    training: [{ image: join(folder, 'a.nii'), patient: 'p1', fold: 0 }],
    validation: [{ image: join(folder, 'b.nii'), patient: 'p2', fold: 3 }],
    test: [{ image: join(folder, 'c.nii'), patient: 'p3' }],
  });
});

test.each([
  ['label\nx.nii\n', /case 1: image must be given. Received: no such column/],
  ['image,split\na.nii,\n,test\n', /case 2: image must be given/],
  [
    'image,split\na.nii,train\n',
    /case 1: split must be training, validation, test or empty\. Received: train\.$/,
  ],
  ['image,Split\na.nii,Validation\n', /split must be training, .* or empty\. Received: Validation\.$/],
  [
    'image,fold\na.nii,0\nb.nii,1.5\n',
    /case 2: fold must be a whole number from 0 or empty\. Received: 1\.5/,
  ],
  ['image,fold\na.nii,-1\n', /fold must be a whole number from 0/],
  ['image,Patient,patient\na.nii,p1,p2\n', /wrong\.csv has several columns named patient. Keep one/],
  ['image,label\n"a.nii\n', /must be CSV with a line of names/],
])('CSV: what is wrong is named by its case: %j', async (text, message) => {
  const path = join(folder, 'wrong.csv');
  await writeFile(path, text);
  await expect(readDatalist(path)).rejects.toThrow(message);
});

describe('an nnU-Net folder', () => {
  const make = async (name: string, files: Record<string, string>): Promise<string> => {
    const root = join(folder, name);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    return root;
  };
  const description = '{"channel_names":{"0":"CT"},"labels":{"background":0,"lung":1},"file_ending":".nrrd"}';

  test('gives its cases in order, images with their labels, and those to test', async () => {
    const root = await make('Dataset501_Lungs', {
      'dataset.json': description,
      'imagesTr/lung_002_0000.nrrd': '',
      'imagesTr/lung_001_0000.nrrd': '',
      'labelsTr/lung_001.nrrd': '',
      'labelsTr/lung_002.nrrd': '',
      'imagesTs/lung_009_0000.nrrd': '',
    });
    expect(await readDatalist(root)).toEqual({
      training: ['lung_001', 'lung_002'].map((name) => ({
        image: join(root, 'imagesTr', `${name}_0000.nrrd`),
        label: join(root, 'labelsTr', `${name}.nrrd`),
      })),
      validation: [],
      test: [{ image: join(root, 'imagesTs/lung_009_0000.nrrd') }],
    });
  });

  test('is refused where a label is missing, there is no image, or several channels', async () => {
    const unlabelled = await make('a', { 'dataset.json': description, 'imagesTr/x_0000.nrrd': '' });
    await expect(readDatalist(unlabelled)).rejects.toThrow(/must have a label labelsTr\/x.nrrd/);
    const empty = await make('b', { 'dataset.json': description });
    await expect(readDatalist(empty)).rejects.toThrow(/imagesTr\/CASE_0000.nrrd. Received: none/);
    const two = await make('c', { 'dataset.json': '{"channel_names":{"0":"CT","1":"PET"}}' });
    await expect(readDatalist(two)).rejects.toThrow(/one channel. Received: 2 channels/);
  });
});
