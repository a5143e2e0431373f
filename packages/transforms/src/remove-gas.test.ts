import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGeometry, createVolume, type Vec3, type Volume } from '@lungseg/core';
import { removeGas } from './index.js';
import { anyIndex } from './testing/arbitraries.js';

const HU: Readonly<Record<string, number>> = { g: -1000, G: -1000, e: -950, E: -950, ' ': 40 };

/** A slice: of gas `g` and lung `e` in the mask, with label 2 where they are capitals, and tissue outside of it. */
function draw(rows: readonly string[]): { readonly mask: Volume<Uint8Array>; readonly image: Volume } {
  const geometry = createGeometry({ size: [rows[0]!.length, rows.length, 1], spacing: [1, 1, 1] });
  const letters = [...rows.join('')];
  const label = (letter: string): number => (letter === ' ' ? 0 : letter === letter.toUpperCase() ? 2 : 1);
  return {
    mask: createVolume(Uint8Array.from(letters, label), geometry, 'label'),
    image: createVolume(
      Int16Array.from(letters, (letter) => HU[letter]!),
      geometry,
    ),
  };
}

describe('removeGas', () => {
  test('takes out components that are gas by more than half, each by itself', () => {
    const { mask, image } = draw([
      'ggg eeg EGG', //
      'gge egg   E',
      '  e ege EE ',
    ]);
    // Of 7 voxels 5 are gas, of 9 4, of 4 2, and of 2 none.
    expect(removeGas(mask, image).data.join('')).toBe('00001110222' + '00001110002' + '00001110220');
  });

  test('keeps what is gas by just half, and gives the mask itself where nothing goes', () => {
    const { mask, image } = draw(['ge eegg', '       ', 'ee  E E']);
    expect(removeGas(mask, image)).toBe(mask);
    expect(removeGas(mask, image, { gas: -940 }).data).not.toContain(1);
    expect(removeGas(mask, image, { gas: -1001 })).toBe(mask);
  });

  test('leaves nothing where all is gas, and everything where nothing is, whatever the mask', () => {
    fc.assert(
      fc.property(
        anyIndex(1, 6).chain((size: Vec3) => {
          const length = size[0] * size[1] * size[2];
          return fc.tuple(
            fc.constant(size),
            fc.array(fc.integer({ min: 0, max: 3 }), { minLength: length, maxLength: length }),
          );
        }),
        ([size, labels]) => {
          const geometry = createGeometry({ size, spacing: [1, 1, 1] });
          const mask = createVolume(Uint8Array.from(labels), geometry, 'label');
          const even = (hu: number): Volume =>
            createVolume(new Float32Array(labels.length).fill(hu), geometry);
          expect(removeGas(mask, even(-974))).toBe(mask);
          expect(removeGas(mask, even(-976)).data.every((label) => label === 0)).toBe(true);
        },
      ),
    );
  });

  test('refuses what is no mask, no CT, on another grid or no number', () => {
    const { mask, image } = draw(['ee', 'ee']);
    expect(() => removeGas(image, image)).toThrow(/label map as mask/);
    expect(() => removeGas(mask, mask)).toThrow(/a CT in HU as image/);
    expect(() => removeGas(mask, draw(['eee']).image)).toThrow(/on the same grid/);
    expect(() => removeGas(mask, image, { gas: NaN })).toThrow('gas must be a number of HU. Received: NaN.');
  });
});
