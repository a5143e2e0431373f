import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGeometry, createVolume, Rng, type Vec3, type Volume } from '@lungseg/core';
import { cropRegion, removePadding, reorient } from './index.js';
import { anyGeometry, indexOf } from './testing/arbitraries.js';

const AIR = -1024;
const LUNG = -850;

interface Drawn {
  readonly mask: Volume<Uint8Array>;
  readonly image: Volume<Int16Array>;
}

/** Equal slices: ` ` and `p` are air or padding, `p` in the mask; `1` and `2` lung of that label, `#` other tissue. */
function draw(rows: readonly string[], slices = 3): Drawn {
  const size: Vec3 = [rows[0]!.length, rows.length, slices];
  const letters = [...rows.join('').repeat(slices)];
  const geometry = createGeometry({ size, spacing: [0.7, 0.7, 2] });
  const hu: Readonly<Record<string, number>> = { ' ': AIR, p: AIR, '#': 40 };
  return {
    mask: createVolume(
      Uint8Array.from(letters, (letter) => Number(letter === 'p' ? 1 : letter) || 0),
      geometry,
      'label',
    ),
    image: createVolume(
      // No two voxels of lung beside each other have one value.
      Int16Array.from(letters, (letter, n) => hu[letter] ?? LUNG + (n % 7)),
      geometry,
    ),
  };
}

/** What is left of the mask in the middle slice, as rows. */
function middle(rows: readonly string[]): string[] {
  const { mask, image } = draw(rows);
  const { data } = removePadding(mask, image);
  const nx = rows[0]!.length;
  return rows.map((_, y) => data.subarray((rows.length + y) * nx, (rows.length + y + 1) * nx).join(''));
}

describe('removePadding', () => {
  test('takes out what lies where nobody measured, and leaves labels as they are', () => {
    expect(
      middle([
        '        ', //
        ' ##111  ',
        '##1111pp',
        '##2221pp',
        ' ##22ppp',
        '    pppp',
        '        ',
      ]),
    ).toEqual(['00000000', '00011100', '00111100', '00222100', '00022000', '00000000', '00000000']);
  });

  test('keeps gas of one value within a lung, also where a way of one voxel leads to it from the padding', () => {
    const rows = [
      '         ', //
      '         ',
      '   1p1   ',
      '  11p11  ',
      ' 11ppp11 ',
      ' 11ppp11 ',
      ' 11ppp11 ',
      '  11111  ',
      '         ',
    ];
    // At the mouth of that way alone one cannot tell it from padding.
    expect(middle(rows)[2]).toBe('000101000');
    expect(middle(rows).slice(3)).toEqual([
      '001111100',
      '011111110',
      '011111110',
      '011111110',
      '001111100',
      '000000000',
    ]);
  });

  test('keeps a large bulla whose gas is clipped to the value of padding', () => {
    const size: Vec3 = [60, 40, 40];
    const geometry = createGeometry({ size, spacing: [1, 1, 1] });
    const isWithin = (n: number, low: number, high: number): boolean =>
      indexOf(n, size).every((index) => index >= low && index < high);
    const all = Array.from({ length: 60 * 40 * 40 }, (_, n) => n);
    const image = createVolume(
      Int16Array.from(all, (n) => (isWithin(n, 2, 38) && !isWithin(n, 6, 34) ? LUNG + (n % 7) : AIR)),
      geometry,
    );
    const mask = createVolume(
      Uint8Array.from(all, (n) => Number(isWithin(n, 1, 39))),
      geometry,
      'label',
    );
    const { data } = removePadding(mask, image);
    expect(all.every((n) => data[n] === Number(isWithin(n, 2, 38)))).toBe(true);
  });

  test('gives the mask itself where nothing of it lies in padding', () => {
    for (const rows of [
      ['    ', ' 11 ', '    '],
      ['    ', '    ', '    '],
      ['1111', '1111', '1111'],
    ]) {
      const { mask, image } = draw(rows);
      expect(removePadding(mask, image)).toBe(mask);
    }
  });

  test.each([Int16Array, Int32Array, Float32Array, Float64Array])(
    'takes out paddings of several values, whatever type voxels have: %p',
    (ArrayType) => {
      const { mask, image } = draw(['  1111  ', '  1111  ', '  1111  ']);
      const data = new ArrayType(image.data);
      for (let n = 0; n < data.length; n++) if (n % 8 < 2) data[n] = -3024;
      const all = { ...mask, data: mask.data.map(() => 1) };
      expect(removePadding(all, { ...image, data }).data.join('')).toBe('00111100'.repeat(9));
    },
  );

  test('takes nothing for padding that is as dense as tissue', () => {
    const { mask, image } = draw(['##1111##', '##1111##', '##1111##']);
    const all = { ...mask, data: mask.data.map(() => 1) };
    expect(removePadding(all, image)).toBe(all);
  });

  test('turns with the axes', () => {
    const size: Vec3 = [13, 12, 11];
    const geometry = createGeometry({ size, spacing: [1, 1.5, 2] });
    const rng = new Rng(3);
    const image = createVolume(
      Int16Array.from({ length: 13 * 12 * 11 }, (_, n) => {
        const [x, y, z] = indexOf(n, size);
        return Math.hypot(x - 7, y - 5, 0.5 * (z - 5)) < 4.5 ? rng.integer(-1020, -700) : AIR;
      }),
      geometry,
    );
    const mask = createVolume(
      Uint8Array.from(image.data, (_, n) => (n % 13 < 9 ? 1 : 0)),
      geometry,
      'label',
    );
    const kept = removePadding(mask, image);
    expect(kept.data).toContain(1);
    expect(kept.data).not.toEqual(mask.data);
    for (const axes of ['LPS', 'RAS', 'SPL', 'AIR', 'IRP']) {
      expect(removePadding(reorient(mask, axes), reorient(image, axes)).data).toEqual(
        reorient(kept, axes).data,
      );
    }
  });

  test('what it makes of noise in a box of padding is the noise', () => {
    fc.assert(
      fc.property(
        anyGeometry.filter(({ size }) => Math.min(...size) >= 5),
        fc.integer({ min: -2000, max: -1000 }),
        fc.integer(),
        (geometry, padding, seed) => {
          const { size } = geometry;
          const noise = new Rng(seed);
          const within = (n: number): boolean =>
            indexOf(n, size).every((index, axis) => index >= 2 && index < size[axis]! - 2);
          const values = Int16Array.from({ length: size[0] * size[1] * size[2] }, (_, n) =>
            within(n) ? padding + noise.integer(1, 900) : padding,
          );
          const all = createVolume(new Uint8Array(values.length).fill(3), geometry, 'label');
          const left = removePadding(all, createVolume(values, geometry));
          expect([...left.data]).toEqual(Array.from(values, (_, n) => (within(n) ? 3 : 0)));
          expect(left.geometry).toBe(geometry);
        },
      ),
    );
  });

  test('keeps lung without noise that lies at the corners', () => {
    const { mask, image } = draw(['111', '111', '111']);
    const even = { ...image, data: image.data.map(() => LUNG) };
    expect(removePadding(mask, even)).toBe(mask);
  });

  test('takes a mask that was cropped from the grid, and refuses a region that is not its', () => {
    const { mask, image } = draw(['        ', ' 111pp  ', ' 1111p  ', ' 11111  ', '        ']);
    const [start, size]: [Vec3, Vec3] = [
      [2, 1, 1],
      [4, 3, 2],
    ];
    const region = { start, size, from: mask.geometry.size };
    const cropped = cropRegion(mask, start, size);
    const expected = cropRegion(removePadding(mask, image), start, size);
    expect(expected.data).not.toEqual(cropped.data);
    expect(removePadding(cropped, image, region).data).toEqual(expected.data);
    expect(() => removePadding(mask, image, region)).toThrow(
      /Received: 4 x 3 x 2 within 8 x 5 x 3, a mask of 8 x/,
    );
    expect(() => removePadding(cropped, cropRegion(image, start, size), region)).toThrow(
      /must be of the mask's/,
    );
    expect(() => removePadding(image, image, region)).toThrow(/label map as mask/);
  });

  test('refuses what is no mask, no CT or on another grid', () => {
    const { mask, image } = draw(['  ', '  ']);
    const other = draw(['   ', '   ']);
    expect(() => removePadding(image, image)).toThrow(/label map as mask/);
    expect(() => removePadding(mask, mask)).toThrow(/a CT in HU as image/);
    expect(() => removePadding(mask, other.image)).toThrow(/on the same grid/);
  });
});
