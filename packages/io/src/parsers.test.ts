import { describe, expect, test } from '@jest/globals';
import { isLungsegError, voxelCount, type NamedBytes } from '@lungseg/core';
import dicomParser from 'dicom-parser';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { deflateSync, gzipSync } from 'node:zlib';
import { decimalString, encodeDicomFile } from './dicom-data-set.js';
import { fragmentsOfFrames } from './dicom-fragments.js';
import { encodeMetaImageHeader, metaImageVoxels } from './meta-image-writer.js';
import { encodeNifti } from './nifti-writer.js';
import { encodeNrrd } from './nrrd-writer.js';
import { readVolumeFromFiles } from './read-volume-from-files.js';
import { DEFLATED, dicomSeries, enhancedDicom, IMPLICIT_LITTLE_ENDIAN } from './testing/synthetic-dicom.js';
import { huVolume } from './testing/volumes.js';
import { sourcesOfZip } from './zip.js';

const volume = huVolume({ origin: [-10, 20, 30] });
const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const { header, voxels } = encodeNifti(volume);
const raw = metaImageVoxels(volume);
const nrrd = encodeNrrd(volume);
const series = dicomSeries(volume);

/** Files whose `damaged`th is to be damaged. */
interface Base {
  readonly files: readonly NamedBytes[];
  readonly damaged: number;
}

const one = (name: string, ...parts: readonly Uint8Array[]): Base => ({
  files: [{ name, bytes: joined(...parts) }],
  damaged: 0,
});

const bases: Readonly<Record<string, Base>> = {
  NIfTI: one('ct.nii', header, voxels),
  'NIfTI, packed': one('ct.nii.gz', gzipSync(joined(header, voxels))),
  NRRD: one('ct.nrrd', nrrd.header, gzipSync(nrrd.voxels)),
  MetaImage: one('ct.mha', encodeMetaImageHeader(volume, deflateSync(raw).byteLength), deflateSync(raw)),
  'a slice of DICOM': { files: series, damaged: 2 },
  'a slice of implicit DICOM': {
    files: dicomSeries(volume, { transferSyntax: IMPLICIT_LITTLE_ENDIAN }),
    damaged: 3,
  },
  'a slice of deflated DICOM': { files: dicomSeries(volume, { transferSyntax: DEFLATED }), damaged: 0 },
  'multi-frame DICOM': { files: enhancedDicom(volume), damaged: 0 },
  'a zip of DICOM': one(
    'ct.zip',
    zipSync(Object.fromEntries(series.map(({ name, bytes }) => [name, bytes]))),
  ),
};

/** What befalls a file: bytes written over, left out, put in, doubled, or lost at its end; near its header more often. */
const damage = fc.record({
  kind: fc.constantFrom('overwrite', 'remove', 'insert', 'repeat', 'cut'),
  where: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 0.2, noNaN: true })),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 12 }),
    fc
      .constantFrom([0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0], [0xff, 0x7f], [0x80, 0, 0, 0])
      .map((bytes) => Uint8Array.from(bytes)),
    fc
      .constantFrom('-1', '1e99', 'NaN', '\n', ':=', '\\', '(', '0')
      .map((text) => new TextEncoder().encode(text)),
  ),
});

type Damage = typeof damage extends fc.Arbitrary<infer D> ? D : never;

function damagedBy(bytes: Uint8Array, { kind, where, bytes: other }: Damage): Uint8Array {
  const at = Math.floor(where * bytes.byteLength);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (kind) {
    case 'overwrite':
      return joined(before, other, after.subarray(other.byteLength));
    case 'remove':
      return joined(before, after.subarray(other.byteLength));
    case 'insert':
      return joined(before, other, after);
    case 'repeat':
      return joined(before, after.subarray(0, 64), after);
    case 'cut':
      return before.slice();
  }
}

describe('files damaged at random end in an error of lungseg, or in an image that makes sense (fast-check)', () => {
  test.each(Object.entries(bases))('%s', async (_, { files, damaged }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
        const bytes = damages.reduce(damagedBy, files[damaged]!.bytes);
        const input = files.map((file, n) => (n === damaged ? { ...file, bytes } : file));
        try {
          const { volume: read } = await readVolumeFromFiles(input);
          const { geometry, data } = read;
          expect(data.length).toBe(voxelCount(geometry));
          expect(data.every(Number.isFinite)).toBe(true);
          for (const mm of geometry.spacing) expect(mm).toBeGreaterThan(0);
          for (const mm of [...geometry.origin, ...geometry.direction]) expect(mm).not.toBeNaN();
        } catch (error) {
          if (!isLungsegError(error)) throw error;
          expect(error.message).toMatch(/[.\w]$/);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a zip', () => {
  test('gives back every file, by its name, and nothing else (fast-check)', async () => {
    // `zipSync` can't pack a file of the name `__proto__`.
    const name = fc
      .stringMatching(/^[a-z0-9 _-]{1,12}(\/[a-z0-9 _-]{1,12}){0,2}(\.dcm)?$/)
      .filter((text) => !text.includes('__proto__'));
    const content = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, content), fc.constantFrom(0, 6), async (files, level) => {
        // A name that is another's folder can't be in a folder, though it can be in a zip.
        const bytes = zipSync(files, { level });
        const sources = sourcesOfZip({ name: 'x.zip', bytes });
        const read = await Promise.all(
          sources.map(async (source) => [source.name, [...(await source.read())]] as const),
        );
        expect(Object.fromEntries(read)).toEqual(
          Object.fromEntries(Object.entries(files).map(([key, value]) => [key, [...value]])),
        );
      }),
    );
  });
});

describe('fragments of compressed frames', () => {
  const uint32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
  const item = (bytes: Uint8Array): Uint8Array[] => [
    Uint8Array.of(0xfe, 0xff, 0, 0xe0),
    uint32(bytes.byteLength),
    bytes,
  ];
  const end = [Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0), uint32(0)];
  const frames = fc.array(
    fc.array(fc.uint8Array({ minLength: 2, maxLength: 20 }), { minLength: 1, maxLength: 4 }),
    { minLength: 1, maxLength: 6 },
  );

  test('belong to the frames that the table of offsets says (fast-check)', () => {
    fc.assert(
      fc.property(frames, (expected) => {
        const lengths = expected.map((some) => some.reduce((sum, { byteLength }) => sum + 8 + byteLength, 0));
        const offsets = lengths.map((_, n) => lengths.slice(0, n).reduce((sum, length) => sum + length, 0));
        const table = joined(...offsets.map(uint32));
        const bytes = joined(...item(table), ...expected.flat().flatMap(item), ...end);
        const found = fragmentsOfFrames('x.dcm', bytes, expected.length);
        expect(found.map((some) => some.map((part) => [...part]))).toEqual(
          expected.map((some) => some.map((part) => [...part])),
        );
      }),
    );
  });

  test('that are any bytes end in an error of lungseg, or in as many frames as there should be (fast-check)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 1, max: 5 }), (bytes, count) => {
        try {
          expect(fragmentsOfFrames('x.dcm', joined(...item(bytes.slice(0, 8)), bytes), count)).toHaveLength(
            count,
          );
        } catch (error) {
          if (!isLungsegError(error)) throw error;
        }
      }),
    );
  });
});

describe('what lungseg writes as DICOM', () => {
  test('dicom-parser reads as it was given, sequences in sequences too (fast-check)', () => {
    const text = fc.stringMatching(/^[A-Za-z0-9^ ]{0,30}[A-Za-z0-9]$/);
    const { items } = fc.letrec<{ items: Tree[]; tree: Tree }>((tie) => ({
      tree: fc.record({
        label: text,
        number: fc.nat(0xffff),
        items: fc.oneof({ maxDepth: 3 }, fc.constant([]), tie('items')),
      }),
      items: fc.array(tie('tree'), { maxLength: 3 }),
    }));
    interface Tree {
      readonly label: string;
      readonly number: number;
      readonly items: readonly Tree[];
    }
    const dataSetOf = ({ label, number, items: inner }: Tree): Parameters<typeof encodeDicomFile>[0] => ({
      '0008103e': ['LO', label],
      '00280010': ['US', number],
      '00081140': ['SQ', inner.map(dataSetOf)],
    });
    const treeOf = (data: dicomParser.DataSet): Tree => ({
      label: data.string('x0008103e')!,
      number: data.uint16('x00280010')!,
      items: data.elements['x00081140']!.items?.map(({ dataSet }) => treeOf(dataSet!)) ?? [],
    });
    fc.assert(
      fc.property(items, text, (inner, label) => {
        const tree = { label: label.trim(), number: 7, items: inner };
        const uids = { '00080016': ['UI', '1.2.3'], '00080018': ['UI', '1.2.4'] } as const;
        const file = joined(...encodeDicomFile({ ...uids, ...dataSetOf(tree) }, Uint8Array.of(1, 2)));
        const trimmed = (one: Tree): Tree => ({
          ...one,
          label: one.label.trim(),
          items: one.items.map(trimmed),
        });
        expect(treeOf(dicomParser.parseDicom(file))).toEqual(trimmed(tree));
      }),
    );
  });

  test('numbers take at most 16 characters and lose less than 1e-9 of a millimetre or of themselves (fast-check)', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
        const text = decimalString(value);
        expect(text.length).toBeLessThanOrEqual(16);
        expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(value), 1));
      }),
    );
  });
});
