import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  axisCodes,
  geometryToRasAffine,
  rasAffineToGeometry,
  type NamedBytes,
  type Volume,
} from '@lungseg/core';
import { dicomReader, metaImageReader, niftiReader, nrrdReader } from './index.js';
import { formatOf } from './formats.js';
import { describeReader, expectSamePlace } from './testing/describe-reader.js';
import { readFixtures } from './testing/fixtures.js';
import { readWithItkWasm } from './testing/itk-oracle.js';
import { dicomSeries, enhancedDicom } from './testing/synthetic-dicom.js';
import { writeVolume } from './write-volume.js';

// itk-wasm loads a module at each call, which takes seconds on a busy machine.
jest.setTimeout(60_000);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const writeAs =
  (extension: string) =>
  async (volume: Volume): Promise<NamedBytes[]> => {
    const path = join(folder, `volume${extension}`);
    await writeVolume(path, volume);
    return [{ name: `volume${extension}`, bytes: await readFile(path) }];
  };

/** As .mhd and .raw: what lungseg writes into one file, cut in two. */
async function writeDetached(volume: Volume): Promise<NamedBytes[]> {
  const [file] = await writeAs('.mha')(volume);
  const end = '\nElementDataFile = LOCAL\n';
  const text = Buffer.from(file!.bytes);
  const at = text.indexOf(end);
  const header = text.subarray(0, at).toString('latin1');
  return [
    { name: 'volume.mhd', bytes: Buffer.from(`${header}\nElementDataFile = volume.raw\n`) },
    { name: 'volume.raw', bytes: Uint8Array.from(text.subarray(at + end.length)) },
  ];
}

describeReader('NIfTI', { reader: niftiReader, write: writeAs('.nii') });
describeReader('NIfTI gzip', { reader: niftiReader, write: writeAs('.nii.gz') });
describeReader('NRRD', { reader: nrrdReader, write: writeAs('.nrrd') });
describeReader('MetaImage', { reader: metaImageReader, write: writeAs('.mha') });
describeReader('MetaImage in two files', { reader: metaImageReader, write: writeDetached });
describeReader('enhanced multi-frame DICOM', {
  reader: dicomReader,
  write: (volume) => Promise.resolve(enhancedDicom(volume)),
  rightHandedOnly: true,
});
describeReader('DICOM', {
  reader: dicomReader,
  write: (volume) => Promise.resolve(dicomSeries(volume)),
  rightHandedOnly: true,
});

const fixtures = readFixtures();

describe('fixtures of nibabel and SimpleITK', () => {
  test.each(fixtures.map((fixture) => [`${fixture.name} as ${fixture.oracle}`, fixture] as const))(
    'reads %s',
    async (_, { file, affine, size, values, code }) => {
      const { volume } = await formatOf(file).read(file, {});
      expectSamePlace(volume.geometry, rasAffineToGeometry(affine, size));
      geometryToRasAffine(volume.geometry).forEach((value, n) => expect(value).toBeCloseTo(affine[n]!, 4));
      expect(Array.from(volume.data)).toEqual(values);
      if (code !== undefined) expect(axisCodes(volume.geometry)).toBe(code);
    },
  );

  // itk-wasm doesn't read NIfTI-2, places an image without a transform elsewhere, and takes the A of LAS for R.
  const comparable = fixtures.filter(
    ({ name }) => !/NIfTI-2|without|LAS$/.test(name) || name === 'NIfTI LAS',
  );
  // Each reads a module anew: a sample of orientations, and all the rest.
  const sampled = comparable.filter(({ code }, n) => code === undefined || n % 6 === 0);
  test.each(sampled.map((fixture) => [fixture.name, fixture] as const))(
    'reads %s bit for bit as itk-wasm',
    async (_, { file }) => {
      const { volume } = await formatOf(file).read(file, {});
      const { geometry, values } = await readWithItkWasm([file]);
      expect(Array.from(volume.data)).toEqual(values);
      expectSamePlace(volume.geometry, geometry);
    },
  );
});

test.each([
  ['NIfTI int16', 68, 2],
  ['NIfTI int16, big-endian', 68, 2],
  ['NIfTI-2 int16', 504, 4],
  ['NIfTI-2 big-endian', 504, 4],
])('%s says what its numbers are by its intent', async (name, offset, width) => {
  const { file } = fixtures.find((fixture) => fixture.name === name)!;
  const bytes = Buffer.from(file.bytes);
  const isBig = name.includes('big-endian');
  if (isBig) bytes.writeIntBE(1002, offset, width);
  else bytes.writeIntLE(1002, offset, width);
  expect((await formatOf(file).read(file, {})).otherNumbers).toBeUndefined();
  expect((await formatOf(file).read({ ...file, bytes }, {})).otherNumbers).toEqual({
    name: file.name,
    meaning: 'it holds labels (NIfTI intent 1002)',
  });
});

describe('files that lungseg writes', () => {
  test.each(['.nii', '.nii.gz', '.nrrd', '.mha'])('itk-wasm reads %s bit for bit', async (extension) => {
    const { file } = fixtures.find(({ name }) => name === 'NIfTI qform (12, -7, 33), left-handed')!;
    const { volume } = await formatOf(file).read(file, {});
    const { geometry, values } = await readWithItkWasm(await writeAs(extension)(volume));
    expect(values).toEqual(Array.from(volume.data));
    expectSamePlace(geometry, volume.geometry);
  });
});
