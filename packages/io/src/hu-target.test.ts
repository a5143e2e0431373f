import { expect, test } from '@jest/globals';
import { ReadError } from '@lungseg/core';
import fc from 'fast-check';
import { AIR_HU } from './air.js';
import type { DicomPixels } from './dicom-header.js';
import { HuTarget, usablePadding } from './hu-target.js';

const pixelsOf = (some: Partial<DicomPixels>): DicomPixels => ({
  rows: 2,
  columns: 4,
  samplesPerPixel: 1,
  frames: 1,
  bitsAllocated: 16,
  bitsStored: 16,
  highBit: 15,
  signed: false,
  slope: 1,
  intercept: 0,
  rescaled: true,
  unit: 'HU',
  hasTable: false,
  padding: undefined,
  offset: 0,
  length: 16,
  deflatedFrom: undefined,
  encapsulated: false,
  ...some,
});

/** The number in the lowest bits, by arithmetic alone. */
function numberIn(raw: number, { bitsStored, signed }: DicomPixels): number {
  const range = 2 ** bitsStored;
  const number = ((raw % range) + range) % range;
  return signed && number >= range / 2 ? number - range : number;
}

test('gives HU whatever the bits, the sign, the rescale, the padding, and what the unused bits hold (fast-check)', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(8, 16, 32),
      fc.integer({ min: 1, max: 32 }),
      fc.boolean(),
      fc.constantFrom(1, 1, 2, -1, 0.5),
      fc.constantFrom(0, 0, -1024, -32768, 40000, -1023.5),
      fc.option(fc.tuple(fc.integer({ min: -4000, max: 0 }), fc.integer({ min: 0, max: 100 }))),
      fc.array(fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { minLength: 8, maxLength: 8 }), {
        minLength: 1,
        maxLength: 3,
      }),
      (bitsAllocated, bits, signed, slope, intercept, padding, slices) => {
        const bitsStored = Math.min(bits, bitsAllocated);
        const pixels = pixelsOf({
          bitsAllocated,
          bitsStored,
          highBit: bitsStored - 1,
          signed,
          slope,
          intercept,
          padding: padding === null ? undefined : [padding[0], padding[0] + padding[1]],
        });
        const arrays = signed
          ? { 8: Int8Array, 16: Int16Array, 32: Int32Array }
          : { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array };
        const Stored = arrays[bitsAllocated];
        const wholeNumbers = Number.isInteger(slope) && Number.isInteger(intercept);
        const target = new HuTarget(8 * slices.length, wholeNumbers);
        const fill = () =>
          slices.forEach((slice, n) => target.set(8 * n, Stored.from(slice), pixels, `${n}.dcm`));
        const air = usablePadding(pixels);
        const expected = slices
          .flatMap((slice) => [...Stored.from(slice)])
          .map((raw) => numberIn(raw, pixels))
          .map((number) =>
            air !== undefined && number >= air[0] && number <= air[1] ? AIR_HU : number * slope + intercept,
          );
        const outside = wholeNumbers ? expected.findIndex((hu) => hu < -(2 ** 31) || hu >= 2 ** 31) : -1;
        if (outside >= 0) {
          expect(fill).toThrow(`${Math.floor(outside / 8)}.dcm has a voxel of ${expected[outside]} HU`);
          return;
        }
        fill();
        expect([...target.data]).toEqual(wholeNumbers ? expected : [...Float32Array.from(expected)]);
        if (expected.every((hu) => Number.isInteger(hu) && Math.abs(hu) < 2 ** 15) && wholeNumbers)
          expect(target.data).toBeInstanceOf(Int16Array);
      },
    ),
    { numRuns: 500 },
  );
});

test.each([
  [32767, Int16Array],
  [32768, Int32Array],
])('%i HU is kept in %p', (hu, array) => {
  const target = new HuTarget(8, true);
  target.set(0, Uint16Array.of(0, 0, 0, 0, 0, 0, 0, hu + 24), pixelsOf({ intercept: -24 }), '0.dcm');
  expect([target.data[7], target.data[0]]).toEqual([hu, -24]);
  expect(target.data).toBeInstanceOf(array);
});

test.each([
  [3e9, -1024],
  [0, -(2 ** 31) - 1],
])('%i and an intercept of %i are beyond 32 bits, and refused, also after others', (stored, intercept) => {
  const pixels = pixelsOf({ bitsAllocated: 32, bitsStored: 32, intercept });
  const target = new HuTarget(8, true);
  if (stored > 0) target.set(0, Uint32Array.of(70000, 0, 0, 0), pixels, '0.dcm');
  expect(() => target.set(4, Uint32Array.of(stored, 0, 0, 0), pixels, '1.dcm')).toThrow(
    new ReadError(
      '1.dcm',
      `1.dcm has a voxel of ${stored + intercept} HU after its rescale, which must lie within 32 bits. Export the series again.`,
    ),
  );
});
