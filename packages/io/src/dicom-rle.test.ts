import { describe, expect, test } from '@jest/globals';
import { isLungsegError } from '@lungseg/core';
import fc from 'fast-check';
import { decodeRleFrame } from './dicom-rle.js';

/** A run of PackBits: bytes as they are, or one repeated. */
type Run = readonly number[] | { readonly value: number; readonly times: number };

const byte = fc.nat(255);
const run: fc.Arbitrary<Run> = fc.oneof(
  fc.array(byte, { minLength: 1, maxLength: 128 }),
  fc.record({ value: byte, times: fc.integer({ min: 2, max: 128 }) }),
);

const packed = (some: Run): number[] =>
  'times' in some ? [257 - some.times, some.value] : [some.length - 1, ...some];
const unpacked = (some: Run): number[] =>
  'times' in some ? Array<number>(some.times).fill(some.value) : [...some];

function frameOf(segments: readonly (readonly number[])[]): Uint8Array {
  const header = new Uint32Array(16);
  header[0] = segments.length;
  let at = 64;
  segments.forEach((segment, n) => {
    header[n + 1] = at;
    at += segment.length;
  });
  return Uint8Array.from([...new Uint8Array(header.buffer), ...segments.flat()]);
}

describe('a frame of RLE', () => {
  test('is unpacked whatever its runs, in however many fragments it lies (fast-check)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 4),
        fc.array(run, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        fc.nat(),
        (width, runs, hasNothings, cut) => {
          // The same bytes in each segment, xor its number, so that none is taken for another.
          const plane = (n: number): number[] => runs.flatMap(unpacked).map((value) => value ^ n);
          const segments = Array.from({ length: width }, (_, n) => {
            const bytes = plane(n);
            const own: number[] = [];
            let from = 0;
            for (const some of runs) {
              const { length } = unpacked(some);
              own.push(
                ...packed(
                  'times' in some ? { ...some, value: some.value ^ n } : bytes.slice(from, from + length),
                ),
              );
              from += length;
              if (hasNothings) own.push(128);
            }
            return own.length % 2 === 0 ? own : [...own, 0];
          });
          const frame = frameOf(segments);
          const pixels = plane(0).length;
          const target = new Uint8Array(pixels * width);
          const at = cut % frame.length;
          const fragments = at === 0 ? [frame] : [frame.subarray(0, at), frame.subarray(at)];
          decodeRleFrame('x.dcm', fragments, target, width);
          // The first segment is the highest byte, which stands last.
          const expected = Array.from({ length: pixels }, (_, i) =>
            Array.from({ length: width }, (__, low) => plane(width - 1 - low)[i]!),
          ).flat();
          expect([...target]).toEqual(expected);
        },
      ),
    );
  });

  test('of any bytes ends in an error of lungseg, or fills the pixels (fast-check)', () => {
    const good = frameOf([
      [3, 1, 2, 3, 4],
      [253, 9],
    ]);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.uint8Array({ minLength: 1, maxLength: 6 }), (at, bytes) => {
        const frame = good.slice();
        frame.set(bytes.subarray(0, frame.length - at), at);
        try {
          decodeRleFrame('x.dcm', [frame], new Uint8Array(8), 2);
        } catch (error) {
          if (!isLungsegError(error)) throw error;
        }
      }),
    );
  });

  test.each<[string, number[][], string]>([
    [
      'too few pixels',
      [
        [2, 1, 2, 3],
        [253, 9],
      ],
      "its RLE segment 1 doesn't hold as many bytes",
    ],
    [
      'too many',
      [
        [3, 1, 2, 3, 4],
        [252, 9],
      ],
      "its RLE segment 2 doesn't hold as many bytes",
    ],
    ['a run that is cut', [[3, 1, 2, 3, 4], [253]], "its RLE segment 2 doesn't hold as many bytes"],
    ['one segment', [[3, 1, 2, 3, 4]], 'it should have 2 RLE segments, its header says 1'],
  ])('with %s is refused', (_, segments, message) => {
    const decode = (): void => decodeRleFrame('x.dcm', [frameOf(segments)], new Uint8Array(8), 2);
    expect(decode).toThrow(`x.dcm is a damaged DICOM file: ${message}`);
  });

  test('with a segment that lies elsewhere is refused', () => {
    const frame = frameOf([
      [3, 1, 2, 3, 4],
      [253, 9],
    ]);
    new DataView(frame.buffer).setUint32(8, 4000, true);
    expect(() => decodeRleFrame('x.dcm', [frame], new Uint8Array(8), 2)).toThrow(
      "its RLE segment 1 can't lie from byte 64 to 4000",
    );
    expect(() => decodeRleFrame('x.dcm', [frame.subarray(0, 60)], new Uint8Array(8), 2)).toThrow(
      'its RLE header is cut short',
    );
  });
});
