import { describe, expect, jest, test } from '@jest/globals';
import { rasAffineToGeometry } from '@lungseg/core';
import { nodeCodecs } from './node-codecs.js';
import { readVolumeFromFiles } from './read-volume-from-files.js';
import { expectSamePlace } from './testing/describe-reader.js';
import { readDicomFixtures } from './testing/dicom-fixtures.js';

// A thread loads itk-wasm, which takes seconds on a busy machine.
jest.setTimeout(60_000);

const fixtures = readDicomFixtures();

describe('DICOM as GDCM, pydicom and highdicom encode it', () => {
  test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    'has the HU that pydicom reads, in the place that SimpleITK says: %s',
    async (_, { files, size, affine, hu, tolerance }) => {
      const { volume, warnings } = await readVolumeFromFiles(files, { codecs: nodeCodecs });
      expectSamePlace(volume.geometry, rasAffineToGeometry(affine, size));
      expect(volume.data).toHaveLength(hu.length);
      const furthest = hu.reduce((most, value, n) => Math.max(most, Math.abs(value - volume.data[n]!)), 0);
      expect(furthest).toBeLessThanOrEqual(tolerance);
      expect(warnings).toEqual([]);
    },
  );

  test('has compressed files that differ from what is not', () => {
    const lossy = fixtures.filter(({ tolerance }) => tolerance > 0);
    const [first] = fixtures;
    for (const { hu } of lossy) expect(hu).not.toEqual(first!.hu);
    expect(lossy).toHaveLength(4);
  });

  // highdicom orders the frames by InstanceNumber, which in these series runs against the positions.
  test('sorts the frames of a multi-frame file by position, and keeps their numbers', async () => {
    const { files } = fixtures.find(({ name }) => name === 'enhanced multi-frame, plain')!;
    const { dicom } = await readVolumeFromFiles(files);
    expect(dicom!.slices.map(({ name, frame }) => [name, frame])).toEqual([
      ['0.dcm (frame 3)', 3],
      ['0.dcm (frame 2)', 2],
      ['0.dcm (frame 1)', 1],
    ]);
  });

  test('refuses a compressed slice that is cut, wherever', async () => {
    const { files } = fixtures.find(({ name }) => name === 'JPEG 2000 lossless, unsigned')!;
    const { length } = files[1]!.bytes;
    for (const kept of [length - 1, length - 400, length - 1400]) {
      const cut = files.map((file, k) => (k === 1 ? { ...file, bytes: file.bytes.slice(0, kept) } : file));
      await expect(readVolumeFromFiles(cut, { codecs: nodeCodecs })).rejects.toThrow(
        /^1\.dcm (is cut short|is a damaged DICOM file)/,
      );
    }
  });
});
