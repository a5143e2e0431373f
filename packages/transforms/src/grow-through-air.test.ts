import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGeometry, createVolume, type Vec3, type Volume } from '@lungseg/core';
import { growThroughAir, type GrowThroughAirOptions } from './index.js';
import { anyIndex, indexOf } from './testing/arbitraries.js';

const AIR = -950;
const TISSUE = 40;

/** What a drawing stands for: mask, possible lung of gas, possible lung of tissue, gas that is not possible, tissue. */
const KINDS: Readonly<Record<string, readonly [mask: number, possible: number, hu: number]>> = {
  '1': [1, 1, AIR],
  '?': [0, 1, AIR],
  '~': [0, 1, -450],
  o: [0, 1, TISSUE],
  ' ': [0, 0, AIR],
  '#': [0, 0, TISSUE],
};

interface Drawn {
  readonly mask: Volume<Uint8Array>;
  readonly possible: Volume<Uint8Array>;
  readonly image: Volume<Int16Array>;
}

/** One slice or several, drawn. */
function draw(slices: readonly (readonly string[])[], spacing: Vec3 = [1, 1, 1]): Drawn {
  const size: Vec3 = [slices[0]![0]!.length, slices[0]!.length, slices.length];
  const cells = slices.flatMap((rows) => [...rows.join('')].map((letter) => KINDS[letter]!));
  return volumesOf(cells, size, spacing);
}

function volumesOf(cells: readonly (readonly [number, number, number])[], size: Vec3, spacing: Vec3): Drawn {
  const geometry = createGeometry({ size, spacing });
  return {
    mask: createVolume(
      Uint8Array.from(cells, ([mask]) => mask),
      geometry,
      'label',
    ),
    possible: createVolume(
      Uint8Array.from(cells, ([, possible]) => possible),
      geometry,
      'label',
    ),
    image: createVolume(
      Int16Array.from(cells, ([, , hu]) => hu),
      geometry,
    ),
  };
}

/** What becomes of a slice, as rows; slices of the same kind lie above and below it. */
function growSlice(rows: readonly string[], options: GrowThroughAirOptions = {}): string[] {
  const { mask, possible, image } = draw([rows, rows, rows]);
  const { data } = growThroughAir(mask, possible, image, options);
  const nx = rows[0]!.length;
  return rows.map((_, y) => data.subarray((rows.length + y) * nx, (rows.length + y + 1) * nx).join(''));
}

describe('growThroughAir', () => {
  test('takes in gas that is possibly lung, whatever its shape with a radius of 0', () => {
    expect(growSlice(['11??? ?#'], { radius: 0 })).toEqual(['11111000']);
    expect(growSlice(['11?o??~#'], { radius: 0 })).toEqual(['11100000']);
    expect(growSlice(['11?~?###'], { radius: 0 })).toEqual(['11100000']);
    expect(growSlice(['11?~?###'], { radius: 0, air: -400 })).toEqual(['11111000']);
  });

  test('does not pass walls, nor over corners', () => {
    expect(growSlice(['11#??', '11#??', '##?##'], { radius: 0 })).toEqual(['11000', '11000', '00000']);
    expect(growSlice(['11#??', '11???', '#####'], { radius: 0 })).toEqual(['11011', '11111', '00000']);
  });

  test('follows a bronchus no farther than the ball goes, and fills a bulla', () => {
    expect(
      growSlice(
        [
          '##########', //
          '11######??',
          '11??????##',
          '11######??',
          '11????####',
          '11????####',
          '11????####',
          '##########',
        ],
        { radius: 1 },
      ),
    ).toEqual([
      '0000000000', //
      '1100000000',
      '1110000000',
      '1100000000',
      '1111100000',
      '1111110000',
      '1111100000',
      '0000000000',
    ]);
  });

  test('does not come back to a mass that only a bronchus leads to', () => {
    const rows = ['11######???', '11?????????', '11######???'];
    expect(growSlice(rows, { radius: 0 })[1]).toBe('11111111111');
    expect(growSlice(rows, { radius: 1 })).toEqual(['11000000000', '11100000000', '11000000000']);
  });

  test("takes the image's end for room, and gives an empty mask for an empty one", () => {
    expect(growSlice(['1??', '1??', '###'], { radius: 1 })).toEqual(['111', '111', '000']);
    expect(growSlice(['???', '???'], { radius: 1 })).toEqual(['000', '000']);
    expect(growSlice(['1  ', '1  '], { radius: 1 })).toEqual(['100', '100']);
  });

  test('agrees with its definition, looking at all pairs of voxels', () => {
    const anyCell = fc.constantFrom(...Array.from('111????????~o #')).map((letter) => KINDS[letter]!);
    const anySpacing = fc.constantFrom(0.7, 1, 1.5, 4);
    fc.assert(
      fc.property(
        anyIndex(1, 6),
        fc.tuple(anySpacing, anySpacing, anySpacing),
        fc.array(anyCell, { minLength: 216, maxLength: 216 }),
        fc.tuple(anyIndex(0, 5), fc.integer({ min: 0, max: 5 })),
        fc.constantFrom(0, 0.5, 1, 1.5, 3),
        (size, spacing, all, [centre, reach], radius) => {
          // Gas around a centre, where a ball may fit; noise elsewhere.
          const cells = all.slice(0, size[0] * size[1] * size[2]).map((cell, n) => {
            const isNear = distance(indexOf(n, size), centre, spacing) <= reach;
            return isNear && cell[0] === 0 ? KINDS['?']! : cell;
          });
          const { mask, possible, image } = volumesOf(cells, size, spacing);
          const before = [mask, possible, image].map(({ data }) => data.slice());
          const grown = growThroughAir(mask, possible, image, { radius });
          expect([...grown.data]).toEqual(growPlainly(mask, possible, image, radius));
          expect([mask, possible, image].map(({ data }) => data)).toEqual(before);
          expect(grown.geometry).toBe(mask.geometry);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('takes labels over 0 for lung, whatever their type, and no voxel without a value for air', () => {
    const { mask, possible, image } = draw([['1????']]);
    const labels = { ...mask, data: Int16Array.of(3, -1, -1, 0, 0) };
    const maybe = { ...possible, data: Float64Array.of(-1, 2, 0.5, 1, 1) };
    const values = { ...image, data: Float32Array.of(40, AIR, AIR, NaN, AIR) };
    expect(growThroughAir(labels, maybe, values, { radius: 0 }).data.join('')).toBe('11100');
  });

  test('keeps a mask that lies outside of what is possible', () => {
    const { mask, possible, image } = draw([['1  ??', '1  ??']]);
    const none = { ...possible, data: new Uint8Array(10) };
    for (const maybe of [possible, none]) {
      expect(growThroughAir(mask, maybe, image).data.join('')).toBe('1000010000');
    }
  });

  test('grows in an image of more voxels than a list of numbers may have', () => {
    const geometry = createGeometry({ size: [512, 512, 513] });
    const possible = createVolume(new Uint8Array(512 * 512 * 513), geometry, 'label');
    const mask = { ...possible, data: new Uint8Array(possible.data.length) };
    const image = createVolume(new Int16Array(possible.data.length), geometry);
    possible.data.fill(1, 0, 5);
    mask.data[0] = 1;
    image.data.fill(AIR, 0, 4);
    const { data } = growThroughAir(mask, possible, image, { radius: 0 });
    expect(data.subarray(0, 6).join('')).toBe('111100');
  });

  test('refuses other grids, kinds and options that make no sense', () => {
    const { mask, possible, image } = draw([['11?']]);
    const other = draw([['11']]);
    const grow = (options: GrowThroughAirOptions) => () => growThroughAir(mask, possible, image, options);
    expect(() => growThroughAir(image, possible, image)).toThrow(/must have a label map as mask/);
    expect(() => growThroughAir(mask, possible, mask)).toThrow(/must have a CT in HU as image/);
    expect(() => growThroughAir(mask, image, image)).toThrow(/label map of what is possible/);
    expect(() => growThroughAir(mask, possible, other.image)).toThrow(
      /same grid. Received: 3 x 1 x 1 .* 2 x 1 x 1/,
    );
    expect(() => growThroughAir(mask, other.possible, image)).toThrow(
      /what is possible must lie on the same/,
    );
    expect(grow({ radius: -1 })).toThrow(/not negative. Received: -1./);
    expect(grow({ radius: Infinity })).toThrow(/Received: Infinity./);
    expect(grow({ air: NaN })).toThrow(/Received: NaN./);
  });
});

function distance(a: Vec3, b: Vec3, spacing: Vec3): number {
  return Math.hypot(...spacing.map((mm, axis) => (a[axis]! - b[axis]!) * mm));
}

/** The definition, word for word. */
function growPlainly(mask: Volume, possible: Volume, { data: hu }: Volume, radius: number): number[] {
  const { size, spacing } = mask.geometry;
  const all = Array.from(mask.data, (_, n) => indexOf(n, size));
  const touches = (a: Vec3, b: Vec3): boolean => distance(a, b, [1, 1, 1]) === 1;
  const isNear = (a: Vec3, b: Vec3): boolean =>
    a === b || (radius > 0 && (touches(a, b) || distance(a, b, spacing) <= radius + 1e-9));
  const hangingOn = (side: ReadonlySet<Vec3>, through: readonly Vec3[]): Set<Vec3> => {
    const found = new Set<Vec3>();
    for (;;) {
      const more = through.filter(
        (a) => !found.has(a) && [...side, ...found].some((other) => touches(a, other)),
      );
      if (more.length === 0) return found;
      for (const a of more) found.add(a);
    }
  };
  const inMask = new Set(all.filter((_, n) => mask.data[n] === 1));
  const candidates = all.filter((a, n) => !inMask.has(a) && possible.data[n] === 1 && hu[n]! < -500);
  const reached = hangingOn(inMask, candidates);
  const together = new Set([...inMask, ...reached]);
  const fits = new Set([...together].filter((a) => all.every((b) => !isNear(a, b) || together.has(b))));
  const thick = [...reached].filter((a) => [...fits].some((b) => isNear(a, b)));
  const added = hangingOn(inMask, thick);
  return all.map((a) => Number(inMask.has(a) || added.has(a)));
}
