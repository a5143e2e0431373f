import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createGeometry, createVolume, type Geometry, type Volume, type VoxelArray } from '@lungseg/core';
import { writeVolume } from '@lungseg/io';
import { formatReport, verifyCase, verifyDatalist, type DatalistEntry } from '../index.js';

let folder: string;
const geometry = createGeometry({ size: [4, 3, 2], spacing: [1, 1, 2] });
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-verify-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const write = async (
  name: string,
  data: VoxelArray,
  kind: Volume['kind'] = 'intensity',
  grid: Geometry = geometry,
): Promise<string> => {
  await writeVolume(join(folder, name), createVolume(data, grid, kind));
  return join(folder, name);
};
const image = () =>
  write(
    'image.nii.gz',
    Int16Array.from({ length: 24 }, (_, n) => n - 1000),
  );
const mask = (...values: number[]) => Uint8Array.from({ length: 24 }, (_, n) => values[n % values.length]!);

test('a case that can be trained on has no problems', async () => {
  const entry = { image: await image(), label: await write('mask.nii.gz', mask(0, 0, 0, 1), 'label') };
  expect(await verifyCase(entry, { labels: [0, 1] })).toEqual({
    entry,
    problems: [],
    size: [4, 3, 2],
    spacing: [1, 1, 2],
    range: [-1000, -977],
    labels: [0, 1],
    foreground: 0.25,
  });
});

test.each([
  [
    'is missing',
    () => Promise.resolve({ image: join(folder, 'none.nii'), label: join(folder, 'none.nii') }),
    [/^image: .*none\.nii/, /^label: .*none\.nii/],
  ],
  [
    'is no image',
    async () => {
      await writeFile(join(folder, 'text.nii'), 'hello');
      return { image: join(folder, 'text.nii') };
    },
    [/^image: .*text\.nii/, /^label: none in the datalist/],
  ],
  [
    'has another grid',
    async () => ({
      image: await image(),
      label: await write('far.nii.gz', mask(0, 1), 'label', { ...geometry, origin: [9, 0, 0] }),
    }),
    [/^label: not on the grid/],
  ],
  [
    'has a wrong label',
    async () => ({ image: await image(), label: await write('three.nii.gz', mask(0, 1, 3), 'label') }),
    [/^label: values must be 0, 1. Received: 3\.$/],
  ],
  [
    'is empty',
    async () => ({ image: await image(), label: await write('empty.nii.gz', mask(0), 'label') }),
    [/^label: empty\.$/],
  ],
  [
    'has NaN',
    async () => ({
      image: await write(
        'nan.nrrd',
        Float32Array.from({ length: 24 }, (_, n) => (n < 3 ? Number.NaN : n)),
      ),
      label: await write('m.nii.gz', mask(0, 1), 'label'),
    }),
    [/^image: .*3 voxels that are NaN/],
  ],
  [
    'is no CT',
    async () => ({
      image: await write(
        'mr.nii.gz',
        Int16Array.from({ length: 24 }, (_, n) => 100 * n),
      ),
      label: await write('m.nii.gz', mask(0, 1), 'label'),
    }),
    [/^image: .*mr\.nii\.gz can't be in HU: none of its numbers is negative/],
  ],
  [
    'is flat',
    async () => ({
      image: await write('flat.nii.gz', new Int16Array(24).fill(-1000)),
      label: await write('m.nii.gz', mask(0, 1), 'label'),
    }),
    [/^image: all voxels have the same value/],
  ],
] as const)('a case that %s says so', async (_what, make, expected) => {
  // prettier-ignore
  const { problems } = await verifyCase(await make(), { labels: [0, 1] });
  expect(problems).toHaveLength(expected.length);
  expected.forEach((pattern, n) => expect(problems[n]).toMatch(pattern));
});

test('a data set is one table, with the spread of its spacings and images that are listed twice', async () => {
  const grids = [1, 2, 5].map((mm) => ({ ...geometry, spacing: [0.5, 0.5, mm] as const }));
  const entries: DatalistEntry[] = [];
  for (const [n, grid] of grids.entries()) {
    const data = Int16Array.from({ length: 24 }, (_, at) => at - 1000);
    entries.push({
      image: await write(`case-${n}.nii.gz`, data, 'intensity', grid),
      label: await write(`case-${n}-mask.nii.gz`, mask(0, 1), 'label', grid),
    });
  }
  const progress: number[] = [];
  const report = await verifyDatalist([...entries, entries[0]!], {
    onCase: (_, done) => progress.push(done),
  });
  expect(progress).toEqual([1, 2, 3, 4]);
  expect(report.badCases).toBe(1);
  expect(report.spacing).toEqual([
    [0.5, 0.5, 0.5],
    [0.5, 0.5, 0.5],
    [1, 1, 5],
  ]);
  const lines = formatReport(report).split('\n');
  expect(lines[0]).toMatch(/image +voxels +spacing mm +values +labels +labelled/);
  expect(lines[1]).toMatch(
    /^ok +.*case-0\.nii\.gz +4 x 3 x 2 +0\.5 x 0\.5 x 1 +-1000 to -977 +0 1 +50\.0 %$/,
  );
  expect(lines[4]).toMatch(/^BAD/);
  expect(lines[5]).toBe('     image: listed before.');
  expect(lines.slice(-2)).toEqual([
    '4 cases, 1 with problems',
    'spacing in mm, least / median / greatest: i 0.5 / 0.5 / 0.5; j 0.5 / 0.5 / 0.5; k 1 / 1 / 5',
  ]);
});

test('an image of another kind than CT is no problem where it is said to be one', async () => {
  const image = await write(
    'mr.nii.gz',
    Int16Array.from({ length: 24 }, (_, n) => 100 * n),
  );
  const label = await write('m.nii.gz', mask(0, 1), 'label');
  expect((await verifyCase({ image, label }, { images: 'any' })).problems).toEqual([]);
});
