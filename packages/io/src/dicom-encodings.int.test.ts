import { availableParallelism } from 'node:os';
import { describe, expect, jest, test } from '@jest/globals';
import { createGeometry, createVolume, rasAffineToGeometry, type NamedBytes } from '@lungseg/core';
import dicomParser from 'dicom-parser';
import { fragmentsOfFrames } from './dicom-fragments.js';
import { listDicomSeries } from './dicom-series-list.js';
import { sourceOfBytes } from './file-source.js';
import { nodeCodecs } from './node-codecs.js';
import { readVolumeFromFiles } from './read-volume-from-files.js';
import { expectSamePlace } from './testing/describe-reader.js';
import type { Codecs, EncodedSlice } from './read-options.js';
import { readDicomFixtures } from './testing/dicom-fixtures.js';
import { dicomSeries, encapsulate, JPEG_LS_LOSSLESS } from './testing/synthetic-dicom.js';

// A thread loads itk-wasm, which takes seconds on a busy machine.
jest.setTimeout(60_000);

const fixtures = readDicomFixtures();

/** The first fragment of a file's pixels, in the file's own memory. */
function fragmentOf(bytes: Uint8Array): Uint8Array {
  const { x7fe00010 } = dicomParser.parseDicom(bytes).elements;
  return fragmentsOfFrames('file', bytes.subarray(x7fe00010!.dataOffset), 1)[0]![0]!;
}

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
      ['0.dcm (frame 3)', 2],
      ['0.dcm (frame 2)', 1],
      ['0.dcm (frame 1)', 0],
    ]);
  });

  test.each(['JPEG-LS near-lossless, unsigned', 'JPEG 2000 lossless, signed'])(
    'is listed as suitable once its middle slice has been decoded: %s',
    async (name) => {
      const { files } = fixtures.find((fixture) => fixture.name === name)!;
      const list = (some: readonly NamedBytes[], codecs: Codecs = nodeCodecs) =>
        listDicomSeries('ct', some.map(sourceOfBytes), { codecs });
      expect((await list(files)).series).toMatchObject([{ isSuitable: true, isDefault: true }]);
      // The fragment's bytes, but not its length: what only decoding finds.
      const copies = files.map(({ name, bytes }) => ({ name, bytes: bytes.slice() }));
      fragmentOf(copies[1]!.bytes).fill(0);
      expect((await list(copies)).series).toMatchObject([
        {
          isSuitable: false,
          remark: expect.stringMatching(/^1 compressed slices from 1\.dcm on could not be decoded/),
        },
      ]);
      // A module that failed is not used again.
      expect((await list(files)).series).toMatchObject([{ isSuitable: true }]);
      expect((await list(files, {})).series).toMatchObject([
        { isSuitable: false, remark: expect.stringContaining('no codec for it was given') },
      ]);
    },
  );

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

describe('decoding compressed slices', () => {
  // The slices of a fixture over and over, each with an intercept of its own, so that their order shows.
  const base = fixtures.find(({ name }) => name === 'JPEG-LS lossless, unsigned')!;
  const [columns, rows, count] = base.size;
  const size = [columns, rows, 100] as const;
  const plane = columns * rows;
  const frames = base.files.map(({ bytes }) => fragmentOf(bytes));
  const hu = Int16Array.from({ length: plane * size[2] }, (_, n) => {
    const k = Math.floor(n / plane);
    return base.hu[(k % count) * plane + (n % plane)]! - k;
  });
  const volume = createVolume(hu, createGeometry({ size }));
  const files = dicomSeries(volume, {
    transferSyntax: JPEG_LS_LOSSLESS,
    bitsStored: 12,
    rescale: (k) => ({ slope: 1, intercept: -1024 - k }),
    edit: (k) => ({ '7fe00010': ['OB', encapsulate(frames[k % count]!)] }),
  });

  test('runs as many calls side by side as the codecs allow, and keeps the order', async () => {
    let running = 0;
    let most = 0;
    const decodeSlices: Codecs['decodeSlices'] = async (some) => {
      most = Math.max(most, ++running);
      // The first call takes longest.
      await new Promise((resolve) => setTimeout(resolve, some[0]!.name === '0.dcm' ? 50 : 5));
      running--;
      return nodeCodecs.decodeSlices!(some);
    };
    for (const concurrency of [1, 2, 3]) {
      most = 0;
      const { volume: result } = await readVolumeFromFiles(files, { codecs: { decodeSlices, concurrency } });
      expect(most).toBe(concurrency);
      expect(result.data).toEqual(volume.data);
    }
    expect(nodeCodecs.concurrency).toBe(Math.min(availableParallelism(), 4));
  });

  test('leaves the main thread free', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await nodeCodecs.decodeSlices!(await encoded());
    clearInterval(timer);
    // A call takes a hundred milliseconds and more: a thread that it blocked would hear of none in between.
    expect(ticks).toBeGreaterThan(10);
  });

  test('gives a codec nothing of the patient', async () => {
    const [first] = await encoded();
    const text = Buffer.from(first!.bytes).toString('latin1');
    expect(Buffer.from(files[0]!.bytes).toString('latin1')).toContain('patient');
    expect(text).not.toContain('patient');
  });

  /** What a codec gets for the first slices. */
  async function encoded(): Promise<readonly EncodedSlice[]> {
    let seen: readonly EncodedSlice[] = [];
    const decodeSlices: Codecs['decodeSlices'] = (some) => {
      if (seen.length === 0) seen = some;
      return nodeCodecs.decodeSlices!(some);
    };
    await readVolumeFromFiles(files, { codecs: { decodeSlices } });
    return seen;
  }
});
