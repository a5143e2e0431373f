import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { geometryToRasAffine, ReadError, UnsupportedError, type Volume } from '@lungseg/core';
import fc from 'fast-check';
import { niftiReader, readNifti } from './nifti-reader.js';
import { encodeNifti } from './nifti-writer.js';
import { nodeCodecs } from './node-codecs.js';
import { huVolume, rotationOf } from './testing/volumes.js';

function niftiBytes(volume: Volume = huVolume()): Uint8Array {
  const { header, voxels } = encodeNifti(volume);
  return new Uint8Array(Buffer.concat([header, voxels]));
}

/** A file with some bytes of its header changed. */
function edited(edit: (view: DataView) => void, bytes = niftiBytes()): Uint8Array {
  edit(new DataView(bytes.buffer));
  return bytes;
}

const read = (bytes: Uint8Array, name = 'scan.nii') => niftiReader.read([{ name, bytes }]);
const refused = (bytes: Uint8Array, text: string | RegExp, name?: string) =>
  expect(read(bytes, name)).rejects.toThrow(text);

describe('NIfTI files that are damaged', () => {
  test('a text file named .nii.gz', () =>
    refused(
      new TextEncoder().encode('hello world'),
      'scan.nii.gz is not a gzip file: it begins with "hello wor". Give a .nii or .nii.gz file.',
      'scan.nii.gz',
    ));

  test.each([
    ['the web', {}],
    ["Node's zlib", nodeCodecs],
  ])('a truncated .nii.gz, unpacked by %s, wherever it is cut', async (_, codecs) => {
    const whole = new Uint8Array(gzipSync(niftiBytes()));
    for (const length of [2, 9, 20, 100, whole.length - 9, whole.length - 8, whole.length - 1]) {
      const file = { name: 'scan.nii.gz', bytes: whole.slice(0, length) };
      await expect(readNifti([file], { codecs })).rejects.toThrow(
        `scan.nii.gz is truncated: its gzip stream ends after ${length} bytes. Copy or download it again.`,
      );
    }
  });

  test.each([
    ['the web', {}],
    ["Node's zlib", nodeCodecs],
  ])(
    'a bit flip in a .nii.gz is refused, or changes nothing, unpacked by %s (fast-check)',
    async (_, codecs) => {
      const volume = huVolume();
      const whole = new Uint8Array(gzipSync(niftiBytes(volume)));
      const { volume: intact } = await readNifti([{ name: 'scan.nii.gz', bytes: whole }], { codecs });
      await fc.assert(
        // The gzip header's time, flags and system say nothing of the contents.
        fc.asyncProperty(fc.integer({ min: 10, max: whole.length - 1 }), fc.nat(7), async (at, bit) => {
          const bytes = whole.slice();
          bytes[at]! ^= 1 << bit;
          // Deflate has bits that mean nothing, such as those after the end of its last block.
          const outcome = await readNifti([{ name: 'scan.nii.gz', bytes }], { codecs }).then(
            (result) => result.volume,
            (error: unknown) => error,
          );
          if (!(outcome instanceof ReadError)) expect(outcome).toEqual(intact);
        }),
        { numRuns: 60 },
      );
    },
  );

  test('a truncated .nii', () =>
    refused(niftiBytes().slice(0, 400), 'scan.nii is truncated: its header promises 592 bytes, it has 400.'));

  test('a header that ends early', () =>
    refused(
      niftiBytes().slice(0, 200),
      'scan.nii is truncated: its header should have 348 bytes, it has 200.',
    ));

  test('a header that promises gigabytes that the file can not hold', () => {
    const bytes = edited((view) => [42, 44, 46].forEach((offset) => view.setInt16(offset, 1024, true)));
    return refused(
      new Uint8Array(gzipSync(bytes)),
      /scan\.nii\.gz is cut short: its header promises 2147484000 bytes, but at most \d+ can be packed/,
      'scan.nii.gz',
    );
  });

  test('a .nii.gz with fewer voxels than its header promises', () => {
    const bytes = edited((view) => view.setInt16(46, 30, true));
    return refused(new Uint8Array(gzipSync(bytes)), 'promises 1552 bytes, but only 592 are packed in it');
  });

  test.each<[string, (view: DataView) => void, string]>([
    ['no magic', (view) => view.setUint8(344, 0), 'is not a NIfTI file: the mark "n+1" is missing'],
    ['no dimensions', (view) => view.setInt16(40, 0, true), 'has 1 to 7 dimensions, its header says 0'],
    [
      'a size of 0',
      (view) => view.setInt16(44, 0, true),
      'its sizes should be positive. Received: 5 x 0 x 6',
    ],
    [
      'a negative size',
      (view) => view.setInt16(42, -5, true),
      'sizes should be positive. Received: -5 x 4 x 6',
    ],
    ['an unknown type', (view) => view.setInt16(70, 77, true), '77 is not a type of voxel in NIfTI'],
    [
      'voxels in the header',
      (view) => view.setFloat32(108, 8, true),
      'begin between bytes 348 and 268435456, its header says 8',
    ],
    ['an offset that is NaN', (view) => view.setFloat32(108, Number.NaN, true), 'its header says NaN'],
    [
      'an sform of NaN',
      (view) => view.setFloat32(280, Number.NaN, true),
      'its sform should hold finite numbers',
    ],
    [
      'an infinite sform',
      (view) => view.setFloat32(292, Infinity, true),
      'its sform should hold finite numbers',
    ],
    [
      'an axis without length',
      (view) => [280, 296, 312].forEach((offset) => view.setFloat32(offset, 0, true)),
      'its spacing along x should be positive, its sform says 0 mm',
    ],
  ])('%s', (_, edit, text) => refused(edited(edit), text));

  test.each([
    [1, 0, 'its spacing along y should be positive, its qform says 0 mm'],
    [1, -3.5, 'its spacing along y should be positive, its qform says -3.5 mm'],
    [0, -3.5, 'its spacing along y should be positive, its pixdim says -3.5 mm'],
  ])('a qform of code %d with a spacing of %d', (code, spacing, text) =>
    refused(
      edited((view) => {
        view.setInt16(252, code, true);
        view.setInt16(254, 0, true);
        view.setFloat32(84, spacing, true);
      }),
      text,
    ),
  );

  test('voxels that are NaN', () =>
    refused(
      niftiBytes({ ...huVolume(), data: new Float32Array(120).fill(Number.NaN, 3, 5) }),
      'scan.nii holds 2 voxels that are NaN or infinite. Replace them first',
    ));

  test('a voxel that is NaN', () =>
    refused(
      niftiBytes({ ...huVolume(), data: new Float32Array(120).fill(Number.NaN, 3, 4) }),
      'scan.nii holds 1 voxel that is NaN or infinite. Replace it first',
    ));

  test('any bytes end in an error of lungseg, or a volume (fast-check)', async () => {
    const whole = niftiBytes();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(351), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const bytes = whole.slice();
          for (const [at, value] of changes) bytes[at] = value;
          const outcome = await read(bytes).catch((error: unknown) => error);
          const kind = outcome instanceof Error ? (outcome as ReadError).kind : 'volume';
          expect(['read', 'unsupported', 'volume']).toContain(kind);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('NIfTI images that lungseg does not take', () => {
  test.each<[string, (view: DataView) => void]>([
    ['two dimensions', (view) => view.setInt16(40, 2, true)],
    ['one slice', (view) => view.setInt16(46, 1, true)],
  ])('a 2-D image: %s', (_, edit) =>
    refused(edited(edit), 'scan.nii is a 2-D image: 5 x 4 x 1. lungseg needs a volume of several slices.'),
  );

  test('several time points', () =>
    refused(
      edited((view) => {
        view.setInt16(40, 4, true);
        view.setInt16(46, 3, true);
        view.setInt16(48, 2, true);
      }),
      'scan.nii holds 2 volumes: 5 x 4 x 3 x 2. lungseg needs a single one',
    ));

  test.each<[string, (view: DataView) => void, string]>([
    ['colour', (view) => view.setInt16(70, 128, true), 'holds RGB voxels'],
    ['metres', (view) => view.setUint8(123, 1), 'gives its spacing in metres'],
    ['a sheared sform', (view) => view.setFloat32(284, 0.4, true), 'has axes that are not at right angles'],
    [
      'a header of a pair',
      (view) => view.setUint8(345, 'i'.charCodeAt(0)),
      'the header of a .hdr and .img pair',
    ],
  ])('%s', async (_, edit, text) => {
    await refused(edited(edit), text);
    await expect(read(edited(edit))).rejects.toBeInstanceOf(UnsupportedError);
  });
});

describe('NIfTI images that lungseg takes', () => {
  test('four dimensions, the last of one', async () => {
    const bytes = edited((view) => view.setInt16(40, 4, true));
    expect((await read(bytes)).geometry.size).toEqual([5, 4, 6]);
  });

  test('an sform that differs from the qform: the sform, as nibabel', async () => {
    const bytes = edited((view) => view.setFloat32(292, -77, true));
    expect((await read(bytes)).geometry.origin[0]).toBe(77);
  });

  test('neither: a guess, and says so', async () => {
    const bytes = edited((view) => [252, 254].forEach((offset) => view.setInt16(offset, 0, true)));
    const { warnings } = await readNifti([{ name: 'scan.nii', bytes }]);
    expect(warnings).toEqual([
      'scan.nii has neither sform nor qform: its orientation is a guess, with x running to the left.',
    ]);
  });

  test('bytes that do not lie on an even address', async () => {
    const bytes = niftiBytes();
    const odd = new Uint8Array(bytes.length + 1).subarray(1);
    odd.set(bytes);
    expect((await read(odd)).data).toEqual(huVolume().data);
  });

  test('a label map, as one', async () => {
    const { volume } = await readNifti([{ name: 'mask.nii', bytes: niftiBytes() }], { kind: 'label' });
    expect(volume.kind).toBe('label');
  });
});

describe('the NIfTI writer', () => {
  test('says the same in sform and qform, with codes, for directions at random (fast-check)', async () => {
    const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.tuple(angle, angle, angle), async (angles) => {
        const volume = huVolume({ direction: rotationOf(...angles), origin: [-250, 130.5, 900] });
        const bySform = await read(niftiBytes(volume));
        const byQform = await read(edited((view) => view.setInt16(254, 0, true), niftiBytes(volume)));
        // A qform keeps b, c, d as float32 and a as the root of 1 - b² - c² - d². That difference is off by up to
        // 2√3 · 2^-25 = 1e-7, so a small a, which is a turn of almost 180 degrees, is known to 3.2e-4 only.
        const [xx, , , , yy, , , , zz] = geometryToRasAffine({ ...volume.geometry, spacing: [1, 1, 1] })
          .filter((_, n) => n % 4 < 3)
          .slice(0, 9) as [number, number, number, number, number, number, number, number, number];
        const a = Math.sqrt(Math.max(0, 1 + xx + yy + zz)) / 2;
        const bound = Math.max(1e-5, 2 * Math.min(3.2e-4, 1e-7 / a));
        bySform.geometry.direction.forEach((value, n) => {
          expect(Math.abs(byQform.geometry.direction[n]! - value)).toBeLessThan(bound);
        });
        expect(byQform.geometry.origin).toEqual(bySform.geometry.origin);
      }),
      { numRuns: 50 },
    );
  });

  test('keeps the type of a label map', () => {
    const labels = { ...huVolume(), data: new Uint8Array(120), kind: 'label' as const };
    const { header, voxels } = encodeNifti(labels);
    expect(new DataView(header.buffer).getInt16(70, true)).toBe(2);
    expect(voxels.byteLength).toBe(120);
  });

  test('says what NIfTI-1 can not hold', () => {
    const size = [40000, 1, 2] as const;
    const volume = { ...huVolume({ size }), data: new Uint8Array(80000) };
    expect(() => encodeNifti(volume)).toThrow(
      'NIfTI-1 holds at most 32767 voxels along an axis. Received: 40000 x 1 x 2.',
    );
  });
});
