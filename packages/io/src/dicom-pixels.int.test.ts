import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { nodeCodecs } from './node-codecs.js';
import { readVolumeFromFiles } from './read-volume-from-files.js';
import { expectSamePlace } from './testing/describe-reader.js';
import { sharedData } from './testing/fixtures.js';
import { readWithItkWasm } from './testing/itk-oracle.js';
import {
  dicomSeries,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  RLE_LOSSLESS,
  type SyntheticSeriesOptions,
} from './testing/synthetic-dicom.js';
import { huVolume, rotationOf } from './testing/volumes.js';

// itk-wasm loads a module at each call, which takes seconds on a busy machine.
jest.setTimeout(60_000);

const oblique = huVolume({ direction: rotationOf(0.2, -0.1, 0.3), origin: [12.5, -300, 7] });

describe('pixels of DICOM', () => {
  test.each<[string, SyntheticSeriesOptions]>([
    ['explicit little-endian', { transferSyntax: EXPLICIT_LITTLE_ENDIAN }],
    ['implicit little-endian', { transferSyntax: IMPLICIT_LITTLE_ENDIAN }],
    ['signed', { signed: true, rescale: () => ({ slope: 1, intercept: 0 }) }],
    ['12 bits stored', { bitsStored: 12 }],
    ['slope 0.5', { rescale: () => ({ slope: 0.5, intercept: -1000 }) }],
    ['RLE', { transferSyntax: RLE_LOSSLESS }],
  ])('are those of itk-wasm, bit for bit: %s', async (_, options) => {
    const files = dicomSeries(oblique, options);
    const { volume } = await readVolumeFromFiles(files, { codecs: nodeCodecs });
    const { geometry, values } = await readWithItkWasm(files);
    expect(Array.from(volume.data)).toEqual(values);
    expect(Array.from(volume.data)).toEqual(Array.from(oblique.data));
    expectSamePlace(volume.geometry, geometry);
  });

  test('compressed slices are rescaled each by its own slope and intercept', async () => {
    const rescale = (k: number) => ({ slope: k < 2 ? 1 : 0.5, intercept: k === 5 ? -1000 : -1024 });
    const files = dicomSeries(oblique, { transferSyntax: RLE_LOSSLESS, rescale });
    const { volume } = await readVolumeFromFiles(files, { codecs: nodeCodecs });
    expect(volume.data).toEqual(Float32Array.from(oblique.data));
  });

  test('a compressed slice that is cut is refused', async () => {
    const files = dicomSeries(oblique, { transferSyntax: RLE_LOSSLESS }).map((file, k) =>
      k === 3 ? { ...file, bytes: file.bytes.slice(0, -30) } : file,
    );
    await expect(readVolumeFromFiles(files, { codecs: nodeCodecs })).rejects.toMatchObject({ kind: 'read' });
  });

  const folder = sharedData('petctdx-a0002', 'dicom');
  (existsSync(folder) ? test : test.skip)(
    'of petctdx-a0002 are those of itk-wasm, bit for bit',
    async () => {
      const files = readdirSync(folder)
        .sort()
        .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
      const { volume, dicom } = await readVolumeFromFiles(files);
      const byName = new Map(files.map((file) => [file.name, file]));
      const ascending = dicom!.slices.map(({ name }) => byName.get(name)!);
      const { geometry, values } = await readWithItkWasm(ascending);
      // Buffers: jest takes minutes to compare millions of elements.
      const expected = Int16Array.from(values);
      expect(Buffer.compare(Buffer.from(volume.data.buffer), Buffer.from(expected.buffer))).toBe(0);
      expectSamePlace(volume.geometry, geometry);
    },
    60_000,
  );
});
