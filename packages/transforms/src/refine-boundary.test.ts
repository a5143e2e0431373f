import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGeometry, createVolume, type Vec3, type Volume } from '@lungseg/core';
import { refineBoundary, type RefineBoundaryOptions } from './index.js';
import { anyIndex, indexOf } from './testing/arbitraries.js';

const HU: Readonly<Record<string, number>> = { ' ': -850, p: -500, '~': -300, d: -100, '#': 50, '!': -3024 };

/** A slice of one row or several, drawn: lung, partial volume, in between, dense, tissue, a scanner's padding. */
function draw(rows: readonly string[], spacing: Vec3 = [1, 1, 1], slices = 1): Volume<Int16Array> {
  const values = Array<readonly string[]>(slices)
    .fill(rows)
    .flat()
    .flatMap((row) => [...row].map((letter) => HU[letter]!));
  const geometry = createGeometry({ size: [rows[0]!.length, rows.length, slices], spacing });
  return createVolume(Int16Array.from(values), geometry);
}

function maskOf({ geometry }: Volume, rows: readonly string[]): Volume<Uint8Array> {
  return createVolume(Uint8Array.from(rows.join(''), Number), geometry, 'label');
}

function rowsOf({ data, geometry }: Volume): string[] {
  const [nx] = geometry.size;
  return Array.from({ length: data.length / nx }, (_, y) => data.subarray(y * nx, (y + 1) * nx).join(''));
}

/** What becomes of one row of voxels. */
function refineRow(hu: string, mask: string, options: RefineBoundaryOptions = {}, spacing?: Vec3): string {
  const image = draw([hu], spacing);
  return rowsOf(refineBoundary(maskOf(image, [mask]), image, options))[0]!;
}

describe('refineBoundary', () => {
  test('adds the ring of partial volume up to tissue, and no more than is within reach', () => {
    expect(refineRow('##pp      pp##', '00001111110000')).toBe('00111111111100');
    expect(refineRow('##pp      ~p##', '00001111110000')).toBe('00111111110000');
    expect(refineRow('        ', '10000000')).toBe('11110000');
    expect(refineRow('        ', '10000000', { within: 1.9 })).toBe('11000000');
    expect(refineRow('        ', '10000000', { within: 3 }, [0.6, 1, 1])).toBe('11111100');
  });

  test('removes a rim of tissue from outside to within reach, and leaves what is in between', () => {
    expect(refineRow('####      ~##', '0111111111110')).toBe('0000111111100');
    expect(refineRow('###d      d##', '0111111111110')).toBe('0000111111000');
  });

  test('takes labels over 0 for lung, and those under it for none', () => {
    const image = draw(['##pp      pp##']);
    const labels = Int8Array.of(-1, 0, 0, 0, 2, 1, 1, 3, 1, 1, -1, 0, 0, -2);
    const mask = createVolume(labels, image.geometry, 'label');
    expect(rowsOf(refineBoundary(mask, image))).toEqual(['00111111111100']);
  });

  test('adds in all directions in mm, not along axes, by hand', () => {
    const image = draw(Array<string>(7).fill('       '), [1, 1, 1]);
    const middle = Array.from({ length: 7 }, (_, y) => (y === 3 ? '0001000' : '0000000'));
    expect(rowsOf(refineBoundary(maskOf(image, middle), image))).toEqual([
      '0001000',
      '0111110',
      '0111110',
      '1111111',
      '0111110',
      '0111110',
      '0001000',
    ]);
  });

  test('keeps consolidation at the pleura that is thicker than reach, whole', () => {
    expect(refineRow('##### ####   ', '0111111111111', { within: 2 })).toBe('0111111111111');
    expect(refineRow('#####    ####   ', '0111111111111111', { within: 2 })).toBe('0111111111111111');
    // The same tissue, as thick as reach, goes.
    expect(refineRow('###          ', '0111111111111', { within: 2 })).toBe('0001111111111');
  });

  test('keeps a rim beside tissue that lies deep, and removes it elsewhere', () => {
    // A vessel of the fourth row: within 2 mm of the second row, not of the first.
    const image = draw(['#########', '#########', '#########', '    #    ', '         ', '         ']);
    const mask = ['000000000', '111111111', '111111111', '111111111', '111111111', '111111111'];
    expect(rowsOf(refineBoundary(maskOf(image, mask), image, { within: 2 }))).toEqual([
      '000000000',
      '000010000',
      '000111000',
      '111111111',
      '111111111',
      '111111111',
    ]);
  });

  test('does not enter air behind a wall, whatever its value', () => {
    expect(refineRow('    ## p    ', '000000001111')).toBe('000000111111');
    expect(refineRow('   # ', '00001')).toBe('00001');
    expect(refineRow('!!!# ', '00001')).toBe('00001');
    // Round the wall's end there is a way, but it is longer than reach.
    const image = draw(['      ', ' #### ', ' #### ', ' #### ', '      ']);
    const mask = ['000000', '000000', '000000', '000000', '111111'];
    expect(rowsOf(refineBoundary(maskOf(image, mask), image, { within: 3 }))).toEqual([
      '000000',
      '100001',
      '100001',
      '100001',
      '111111',
    ]);
  });

  test('does not step over the end of a row or a slice, within reach of both its ends', () => {
    const rows = ['###   ', ' #  ##'];
    const mask = ['000100', '001100'];
    const image = draw(rows);
    const expected = ['000111', '001100'];
    expect(rowsOf(refineBoundary(maskOf(image, mask), image, { within: 2 }))).toEqual(expected);
    const upright = { ...image, geometry: createGeometry({ size: [1, 6, 2] }) };
    const refined = refineBoundary(maskOf(upright, mask), upright, { within: 2 });
    expect(refined.data.join('')).toBe(expected.join(''));
  });

  test('moves by one voxel where voxels are larger than reach', () => {
    const image = draw(['   p##', '   p##'], [1, 1, 8], 5);
    const slice = ['111000', '111000'];
    const none = ['000000', '000000'];
    const rows = rowsOf(refineBoundary(maskOf(image, [...none, ...none, ...slice, ...none, ...none]), image));
    const grown = ['111100', '111100'];
    const beside = ['111000', '111000'];
    expect(rows).toEqual([...none, ...beside, ...grown, ...beside, ...none]);
    expect(refineRow('##pp   ##', '000001110', {}, [4, 4, 4])).toBe('000011100');
    expect(refineRow('##pp   ##', '000001110', { within: 0 }, [4, 4, 4])).toBe('000001110');
  });

  test("does not take the image's end for outside", () => {
    expect(refineRow('##    ##', '11111111')).toBe('11111111');
    const image = draw(['##   ##', '##   ##'], [1, 1, 1], 2);
    const mask = maskOf(image, ['1111110', '1111110', '1111110', '1111110']);
    expect(rowsOf(refineBoundary(mask, image))).toEqual(Array(4).fill('1111100'));
  });

  test('gives an empty mask for an empty one, and a whole one for a whole one', () => {
    const image = draw(['      ', '   ###']);
    for (const row of ['000000', '111111']) {
      expect(rowsOf(refineBoundary(maskOf(image, [row, row]), image))).toEqual([row, row]);
    }
  });

  test('takes any label for lung and any type of voxels, and changes neither input', () => {
    const drawn = draw(['##pp     d##', '##pp     d##']);
    const mask = createVolume(Int16Array.from('000022330110000022330110', Number), drawn.geometry, 'label');
    const expected = rowsOf(refineBoundary(mask, drawn));
    expect(expected[0]).toBe('001111111000');
    for (const ArrayType of [Int32Array, Float32Array, Float64Array]) {
      const image: Volume = { ...drawn, data: ArrayType.from(drawn.data) };
      const copies = [mask.data.slice(), image.data.slice()];
      const refined = refineBoundary(mask, image);
      expect(rowsOf(refined)).toEqual(expected);
      expect([mask.data, image.data]).toEqual(copies);
      expect(refined.geometry).toBe(mask.geometry);
      expect(refined.kind).toBe('label');
    }
    const lifted: Volume = { ...drawn, data: Uint16Array.from(drawn.data, (hu) => hu + 1024) };
    expect(rowsOf(refineBoundary(mask, lifted, { air: 624, tissue: 824 }))).toEqual(expected);
  });

  test('refuses other grids, kinds and options that make no sense', () => {
    const image = draw(['   ##']);
    const mask = maskOf(image, ['11100']);
    const moved = { ...image, geometry: { ...image.geometry, origin: [5, 0, 0] as const } };
    const coarse = { ...image, geometry: { ...image.geometry, spacing: [1, 1, 8] as const } };
    const other = draw(['   #']);
    expect(() => refineBoundary(mask, moved)).toThrow(/must lie on the same grid/);
    expect(() => refineBoundary(mask, other)).toThrow(
      /same grid. Received: 5 x 1 x 1 .* and 4 x 1 x 1 voxels/,
    );
    expect(() => refineBoundary(image, image)).toThrow(/must have a label map as mask/);
    expect(() => refineBoundary(mask, mask)).toThrow(/must have a CT in HU as image/);
    expect(() => refineBoundary(mask, image, { within: -1 })).toThrow(/not negative. Received: -1./);
    expect(() => refineBoundary(mask, image, { within: Infinity })).toThrow(/Received: Infinity./);
    expect(() => refineBoundary(mask, image, { air: -100 })).toThrow(
      /up to tissue. Received: -100 and -200./,
    );
    expect(() => refineBoundary(mask, image, { air: NaN })).toThrow(/Received: NaN/);
    expect(rowsOf(refineBoundary(mask, coarse as Volume, { within: 0 }))).toEqual(['11100']);
  });

  test('agrees with its definition, looking at all pairs of voxels', () => {
    const anySpacing = fc.constantFrom(0.7, 1, 1.5, 3, 8);
    const anyCase = fc.record({
      size: anyIndex(1, 6),
      spacing: fc.tuple(anySpacing, anySpacing, anySpacing),
      seed: fc.array(fc.tuple(fc.boolean(), fc.constantFrom(-3024, -900, -401, -400, -300, -200, -199, 50)), {
        minLength: 216,
        maxLength: 216,
      }),
      blob: fc.tuple(anyIndex(0, 5), fc.integer({ min: 0, max: 6 }), fc.boolean()),
      within: fc.constantFrom(0, 0.7, 1.5, 2, 3, 4.3, 9),
    });
    fc.assert(
      fc.property(anyCase, ({ size, spacing, seed, blob: [centre, radius, isBlob], within }) => {
        const geometry = createGeometry({ size, spacing });
        const cells = seed.slice(0, size[0] * size[1] * size[2]);
        const image = createVolume(
          Int16Array.from(cells, ([, hu]) => hu),
          geometry,
        );
        // Half of the masks are balls in which floods have room, the others are noise.
        const isIn = (n: number): boolean =>
          isBlob ? distanceBetween(indexOf(n, size), centre, spacing) <= radius : cells[n]![0];
        const mask = createVolume(
          Uint8Array.from(cells, (_, n) => Number(isIn(n))),
          geometry,
          'label',
        );
        expect([...refineBoundary(mask, image, { within }).data]).toEqual(refinePlainly(mask, image, within));
      }),
      { numRuns: 400 },
    );
  });
});

function distanceBetween(a: Vec3, b: Vec3, spacing: Vec3): number {
  return Math.hypot(...spacing.map((mm, axis) => (a[axis]! - b[axis]!) * mm));
}

/** The definition, word for word. */
function refinePlainly(mask: Volume, { data: hu }: Volume, within: number): number[] {
  const { size, spacing } = mask.geometry;
  const places = Array.from(mask.data, (_, n) => indexOf(n, size));
  const all = [...places.keys()];
  const inMask = all.filter((n) => mask.data[n] === 1);
  const outside = all.filter((n) => mask.data[n] === 0);
  const isNear = (n: number, others: readonly number[]): boolean =>
    within > 0 &&
    others.some(
      (other) => touches(n, other) || distanceBetween(places[n]!, places[other]!, spacing) <= within + 1e-9,
    );
  const touches = (a: number, b: number): boolean => distanceBetween(places[a]!, places[b]!, [1, 1, 1]) === 1;
  const hangingOn = (side: readonly number[], through: readonly number[]): Set<number> => {
    const found = new Set<number>();
    for (;;) {
      const more = through.filter(
        (n) => !found.has(n) && [...side, ...found].some((other) => touches(n, other)),
      );
      if (more.length === 0) return found;
      for (const n of more) found.add(n);
    }
  };
  const added = hangingOn(
    inMask,
    outside.filter((n) => hu[n]! < -400 && isNear(n, inMask)),
  );
  const dense = inMask.filter((n) => hu[n]! > -200);
  const shell = dense.filter((n) => isNear(n, outside));
  const deep = dense.filter((n) => !isNear(n, outside));
  const removed = hangingOn(outside, shell);
  return all.map((n) =>
    Number(added.has(n) || (mask.data[n] === 1 && !(removed.has(n) && !isNear(n, deep)))),
  );
}
