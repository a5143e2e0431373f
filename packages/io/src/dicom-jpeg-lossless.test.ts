import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isLungsegError } from '@lungseg/core';
import fc from 'fast-check';
import { decodeJpegLossless } from './dicom-jpeg-lossless.js';
import { readVolumeFromFiles } from './read-volume-from-files.js';
import { dicomSeries, encapsulate, JPEG_LOSSLESS } from './testing/synthetic-dicom.js';
import { encodeJpegLossless, type JpegImage } from './testing/jpeg-lossless.js';
import { huVolume } from './testing/volumes.js';

/** Images that fixtures/make_jpeg_fixtures.py has libjpeg-turbo compress. */
const fixtures = JSON.parse(
  readFileSync(join(dirname(dirname(expect.getState().testPath!)), 'fixtures/jpeg-lossless.json'), 'utf8'),
) as {
  readonly rows: number;
  readonly columns: number;
  readonly cases: readonly {
    readonly precision: number;
    readonly predictor: number;
    readonly pixels: readonly number[];
    readonly base64: string;
  }[];
};

function decode(
  bytes: Uint8Array,
  { rows, columns, precision }: Pick<JpegImage, 'rows' | 'columns' | 'precision'>,
): number[] {
  const bitsAllocated = precision <= 8 ? 8 : 16;
  const target = new (bitsAllocated === 8 ? Uint8Array : Uint16Array)(rows * columns);
  decodeJpegLossless('x.dcm', [bytes], target, { rows, columns, bitsAllocated });
  return Array.from(target);
}

const image: fc.Arbitrary<JpegImage> = fc
  .record({
    rows: fc.integer({ min: 1, max: 6 }),
    columns: fc.integer({ min: 1, max: 9 }),
    precision: fc.integer({ min: 2, max: 16 }),
    predictor: fc.integer({ min: 1, max: 7 }),
    linesPerRestart: fc.nat(3),
    pointTransform: fc.nat(3),
    hasLongCodes: fc.boolean(),
  })
  .chain((form) => {
    const pointTransform = Math.min(form.pointTransform, form.precision - 1);
    const count = form.rows * form.columns;
    const number = fc
      .nat(2 ** (form.precision - pointTransform) - 1)
      .map((value) => value * 2 ** pointTransform);
    return fc
      .array(number, { minLength: count, maxLength: count })
      .map((pixels) => ({ ...form, pointTransform, pixels }));
  });

describe('a lossless JPEG', () => {
  test.each(fixtures.cases.map((one) => [one.precision, one.predictor, one] as const))(
    'of %i bits by predictor %i is what libjpeg-turbo compressed',
    (precision, _, { pixels, base64 }) => {
      const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
      expect(decode(bytes, { ...fixtures, precision })).toEqual(pixels);
    },
  );

  test('of the fixtures says its predictor and precision, so that they differ', () => {
    for (const { base64, predictor, precision } of fixtures.cases) {
      const bytes = Buffer.from(base64, 'base64');
      expect(bytes[bytes.indexOf(Buffer.from([0xff, 0xda])) + 7]).toBe(predictor);
      expect(bytes[bytes.indexOf(Buffer.from([0xff, 0xc3])) + 4]).toBe(precision);
    }
  });

  test('comes back with restarts, shifted numbers and codes of up to 16 bits (fast-check)', () => {
    fc.assert(
      fc.property(image, (one) => {
        expect(decode(encodeJpegLossless(one), one)).toEqual(one.pixels);
      }),
      { numRuns: 300 },
    );
  });

  test('may lie in several fragments, and lack nothing but the mark of its end', () => {
    const { base64, pixels } = fixtures.cases.at(-1)!;
    const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
    const { rows, columns } = fixtures;
    for (const [cut, end] of [
      [1, bytes.length],
      [100, bytes.length],
      [200, bytes.length - 2],
    ] as const) {
      const target = new Uint16Array(pixels.length);
      const fragments = [bytes.subarray(0, cut), bytes.subarray(cut, end)];
      decodeJpegLossless('x.dcm', fragments, target, { rows, columns, bitsAllocated: 16 });
      expect(Array.from(target)).toEqual(pixels);
    }
  });

  test('is refused where it is cut, wherever (fast-check)', () => {
    fc.assert(
      fc.property(image, fc.double({ min: 0, max: 0.999, noNaN: true }), (one, share) => {
        const whole = encodeJpegLossless(one);
        // The mark of the end may be missing, and padding is no pixel.
        const cut = whole.slice(0, Math.floor(share * (whole.length - 3)));
        expect(() => decode(cut, one)).toThrow(/^x\.dcm is a damaged DICOM file: its /);
      }),
      { numRuns: 300 },
    );
  });

  test('that is damaged is decoded or refused, and nothing else (fast-check)', () => {
    let refused = 0;
    fc.assert(
      fc.property(image, fc.nat(), fc.nat(7), (one, place, bit) => {
        const bytes = encodeJpegLossless(one);
        bytes[place % bytes.length]! ^= 1 << bit;
        try {
          decode(bytes, one);
        } catch (error) {
          expect(isLungsegError(error)).toBe(true);
          refused++;
        }
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  const plain: JpegImage = {
    rows: 2,
    columns: 4,
    precision: 12,
    predictor: 1,
    linesPerRestart: 0,
    pointTransform: 0,
    hasLongCodes: false,
    pixels: [0, 4095, 7, 9, 100, 2048, 1, 0],
  };
  const edited = (edit: (bytes: Uint8Array) => void): Uint8Array => {
    const bytes = encodeJpegLossless(plain);
    edit(bytes);
    return bytes;
  };
  const placeOf = (bytes: Uint8Array, marker: number): number =>
    Buffer.from(bytes).indexOf(Buffer.from([0xff, marker]));

  test.each<[string, Uint8Array, string]>([
    ['no JPEG', new Uint8Array(100), 'its pixels are no JPEG'],
    ['nothing', new Uint8Array(0), 'its pixels are no JPEG'],
    [
      'lossy JPEG',
      edited((bytes) => (bytes[placeOf(bytes, 0xc3) + 1] = 0xc1)),
      'its JPEG is of another kind (c1) than lossless',
    ],
    [
      'other rows',
      edited((bytes) => (bytes[placeOf(bytes, 0xc3) + 6] = 3)),
      'its JPEG should have 4 x 2 pixels of at most 16 bits. Received: 4 x 3 of 12',
    ],
    [
      'more pixels than it should have',
      encodeJpegLossless({ ...plain, rows: 3, pixels: [...plain.pixels, 5, 6, 7, 4000] }).map(
        (byte, n, all) => (n === placeOf(all, 0xc3) + 6 ? 2 : byte),
      ),
      'its compressed pixels go on after the last one',
    ],
    [
      'no predictor',
      edited((bytes) => (bytes[placeOf(bytes, 0xda) + 7] = 0)),
      'its JPEG should foretell numbers by 1 of 7 ways',
    ],
    [
      'numbers of more bits than it says',
      edited((bytes) => (bytes[placeOf(bytes, 0xc3) + 4] = 11)),
      'its JPEG holds numbers of more than 11 bits',
    ],
  ])('is refused where it has %s', (_, bytes, text) => {
    expect(() => decode(bytes, plain)).toThrow(`x.dcm is a damaged DICOM file: ${text}`);
  });
});

test('a series of lossless JPEG is read without a codec, with and without signs, in 8 and 16 bits', async () => {
  const volume = huVolume();
  const plane = 20;
  for (const [bits, signed, intercept] of [
    [16, true, 0],
    [16, false, -1024],
    [8, false, -60],
    [8, true, 0],
  ] as const) {
    const hu = volume.data.map((value) => (bits === 8 ? (value % 100) + (signed ? 0 : 40) : value));
    const files = dicomSeries(
      { ...volume, data: hu },
      {
        transferSyntax: JPEG_LOSSLESS,
        signed,
        rescale: () => ({ slope: 1, intercept }),
        edit: (k) => {
          const pixels = Array.from(
            hu.slice(k * plane, (k + 1) * plane),
            (value) => (value - intercept) & (2 ** bits - 1),
          );
          const one = { ...volume.geometry, rows: 4, columns: 5, precision: bits, predictor: 1, pixels };
          return {
            '00280100': ['US', bits],
            '00280101': ['US', bits],
            '00280102': ['US', bits - 1],
            '7fe00010': [
              'OB',
              encapsulate(
                encodeJpegLossless({ ...one, linesPerRestart: 0, pointTransform: 0, hasLongCodes: false }),
              ),
            ],
          };
        },
      },
    );
    const { volume: result } = await readVolumeFromFiles(files);
    expect(result.data).toEqual(hu);
  }
});
