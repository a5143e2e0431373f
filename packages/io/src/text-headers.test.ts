import { describe, expect, test } from '@jest/globals';
import { voxelCount, type Volume } from '@lungseg/core';
import { formatOf } from './formats.js';
import { huVolume } from './testing/volumes.js';

const volume = huVolume();
const bytes = Buffer.from(volume.data.buffer);
const NRRD = [
  'NRRD0004',
  'type: short',
  'dimension: 3',
  'space: left-posterior-superior',
  'sizes: 5 4 6',
  'space directions: (0.7,0,0) (0,1.25,0) (0,0,2.5)',
  'endian: little',
  'encoding: raw',
  'space origin: (0,0,0)',
];
const MHA = [
  'ObjectType = Image',
  'NDims = 3',
  'DimSize = 5 4 6',
  'ElementSpacing = 0.7 1.25 2.5',
  'ElementType = MET_SHORT',
];

/** A file of these header lines, one of them replaced. */
function fileOf(extension: '.nrrd' | '.mha', line?: string, voxels: Uint8Array = bytes) {
  const isNrrd = extension === '.nrrd';
  const key = line?.split(isNrrd ? ':' : ' =')[0];
  const header = (isNrrd ? NRRD : MHA).filter((other) => key === undefined || !other.startsWith(key));
  const lines = [...header, ...(line === undefined || line.endsWith('GONE') ? [] : [line])];
  const text = `${lines.join('\n')}\n${isNrrd ? '' : key === 'ElementDataFile' ? '' : 'ElementDataFile = LOCAL'}\n`;
  return {
    name: `scan${extension}`,
    bytes: new Uint8Array(Buffer.concat([Buffer.from(text, 'latin1'), voxels])),
  };
}

const read = async (file: ReturnType<typeof fileOf>): Promise<Volume> =>
  (await formatOf(file).read(file, {})).volume;

describe.each(['.nrrd', '.mha'] as const)('%s', (extension) => {
  test('reads a plain header', async () => {
    const { data, geometry } = await read(fileOf(extension));
    expect(data).toEqual(volume.data);
    expect(geometry).toEqual(volume.geometry);
    expect(data.length).toBe(voxelCount(geometry));
  });

  test('refuses a file with too few voxels', () =>
    expect(read(fileOf(extension, undefined, bytes.subarray(1)))).rejects.toThrow(
      `scan${extension} is truncated: its voxels should take 240 bytes, it has 239 of them`,
    ));
});

test.each(['"mm" "mm" "mm"', '"" "" ""', '"millimeters" "millimeter" "mm"', '"???" "???" "???"'])(
  '.nrrd in mm, or that does not say in what: space units: %s',
  async (units) => {
    const { geometry } = await read(fileOf('.nrrd', `space units: ${units}`));
    expect(geometry).toEqual(volume.geometry);
  },
);

describe('.nrrd that lungseg does not take', () => {
  test.each([
    ['sizes: 5 4 0', 'its sizes should be positive. Received: 5 x 4 x 0'],
    ['sizes: 5 4 1', 'scan.nrrd is a 2-D image: 5 x 4 x 1'],
    ['sizes: 5 4', 'it should have 3 sizes, its header says "5 4"'],
    ['type: block', 'holds voxels of type "block"'],
    ['type: GONE', 'the field "type" is missing from its header'],
    ['encoding: bzip2', 'has the encoding "bzip2". lungseg reads raw and gzip'],
    ['encoding: gzip', 'scan.nrrd is damaged: its gzip stream fails its own checks'],
    ['endian: middle', 'its endian should be little or big'],
    ['space: GONE', "doesn't say how it lies in the patient: its space is missing"],
    ['space directions: (1,0,0) (1,0,0) (0,0,1)', 'has axes that are not at right angles'],
    ['space directions: (0,0,0) (0,1,0) (0,0,1)', 'its spacing should be positive'],
    ['space directions: (nan,0,0) (0,1,0) (0,0,1)', 'its spacing should be positive'],
    ['space directions: none (0,1,0) (0,0,1)', 'should be three vectors'],
    ['space origin: (0,0,inf)', 'its origin finite'],
    [
      'space units: "m" "m" "m"',
      'scan.nrrd gives its spacing in "m". lungseg needs millimetres: convert its space directions and origin, and set space units to "mm".',
    ],
    ['space units: "mm" "mm" "um"', 'gives its spacing in "um"'],
    ['space units: cm cm cm', 'gives its spacing in "cm"'],
    ['data file: voxels.raw', 'keeps its voxels in another file'],
    ['byte skip: 4', 'skips lines or bytes'],
  ])('%s', (line, text) => expect(read(fileOf('.nrrd', line))).rejects.toThrow(text));
});

describe('.mha that lungseg does not take', () => {
  test.each([
    ['DimSize = 5 4', 'is a 2-D image: 5 x 4 x 1'],
    ['DimSize = 5 -4 6', 'its sizes should be positive'],
    ['DimSize = 90000 90000 90000', 'lungseg reads at most 2147483648'],
    ['ElementType = MET_OTHER', 'holds voxels of type MET_OTHER'],
    ['ElementNumberOfChannels = 3', 'with 3 channels'],
    ['ElementSpacing = 0 1 1', 'its spacing should be positive'],
    ['ElementSpacing = 1 1', 'ElementSpacing should be 3 finite numbers'],
    ['TransformMatrix = 1 0 0 1 0 0 0 0 1', 'has axes that are not at right angles'],
    ['Offset = 0 0 nan', 'Offset should be 3 finite numbers'],
    ['CompressedData = True', 'scan.mha is damaged: its zlib stream fails its own checks'],
    ['BinaryData = False', 'holds its voxels as text'],
    ['ElementDataFile = voxels.raw', 'keeps its voxels in "voxels.raw". Received: 1 file.'],
  ])('%s', (line, text) => expect(read(fileOf('.mha', line))).rejects.toThrow(text));
});

describe('files of no known format', () => {
  test.each([
    [
      'scan.xyz',
      'hello world',
      'scan.xyz is none of the formats that lungseg reads: it begins with "hello wor"',
    ],
    ['scan.nrrd', 'hello world', 'scan.nrrd is not a NRRD file: it begins with "hello wor"'],
    ['scan.mha', 'hello world', 'scan.mha is not a MetaImage file: it begins with "hello wor"'],
    ['scan.nii', 'hello world', 'scan.nii is not a NIfTI file: it begins with "hello wor"'],
    ['scan.dcm', 'hello world', 'scan.dcm has no DICOM images: of 1 file, 1 not DICOM'],
    ['scan.hdr', 'hello world', 'scan.hdr is one of two files, .hdr and its data'],
    ['scan.mhd', 'ObjectType = Image\n', 'scan.mhd is damaged: its header should end with ElementDataFile'],
    ['scan.nii.gz', '', 'scan.nii.gz is empty: it has 0 bytes'],
  ])('%s', async (name, text, message) => {
    const file = { name, bytes: new TextEncoder().encode(text) };
    const outcome = (async () => (await formatOf(file).read(file, {})).volume)();
    await expect(outcome).rejects.toThrow(message);
  });
});
