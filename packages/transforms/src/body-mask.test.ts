import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, type Volume } from '@lungseg/core';
import { bodyMask, type BodyMaskOptions } from './body-mask.js';

/** Slices of rows of letters: `.` air, `#` tissue, `l` lung, `f` foam, `a` a lung as thin as air. */
function stack(...slices: string[][]): Volume {
  const hu: Record<string, number> = { '.': -1000, '#': 40, l: -850, f: -900, a: -960 };
  const data = Int16Array.from(slices.flat().join(''), (letter) => hu[letter]!);
  const [rows] = slices as [string[]];
  return createVolume(data, createGeometry({ size: [rows[0]!.length, rows.length, slices.length] }));
}

const slice = (...rows: string[]): Volume => stack(rows);

/** These pictures' walls are a millimetre thick, so shells don't count but where a test says so. */
const maskOf = (volume: Volume, options: BodyMaskOptions = {}): Volume =>
  bodyMask(volume, { shellMm: 0, ...options });

const slicesOf = (volume: Volume): string[][] => {
  const rows = rowsOf(volume);
  const [, ny, nz] = volume.geometry.size;
  return Array.from({ length: nz }, (_, z) => rows.slice(z * ny, (z + 1) * ny));
};

const rowsOf = ({ data, geometry }: Volume): string[] => {
  const width = geometry.size[0];
  return Array.from({ length: geometry.size[1] * geometry.size[2] }, (_, y) =>
    [...data.slice(y * width, (y + 1) * width)].join(''),
  );
};

describe('bodyMask', () => {
  test('keeps the body with its lungs and gas, and drops the air around', () => {
    expect(rowsOf(maskOf(slice('........', '.######.', '.#ll#.#.', '.######.', '........')))).toEqual([
      '00000000',
      '01111110',
      '01111110',
      '01111110',
      '00000000',
    ]);
  });

  test('keeps a lung that the field of view cuts, beside air that it drops', () => {
    expect(rowsOf(maskOf(slice('....', '####', 'lll#', 'lll#', '####')))).toEqual([
      '0000',
      '1111',
      '1111',
      '1111',
      '1111',
    ]);
  });

  test('drops air that reaches the edge round a corner, and leaves the image as it was', () => {
    const image = slice('####.', '#....', '#.###', '#####');
    const before = [...image.data];
    expect(rowsOf(maskOf(image))).toEqual(['11110', '10000', '10111', '11111']);
    expect([...image.data]).toEqual(before);
  });

  test('drops denser foam that reaches the edge together with the air under it', () => {
    expect(rowsOf(maskOf(slice('.....', '.###.', '.#l#.', '.###.', 'fffff', 'fffff')))).toEqual([
      '00000',
      '01110',
      '01110',
      '01110',
      '00000',
      '00000',
    ]);
  });

  test('takes a region at the edge for what lies over and under it: foam outside, a cut lung inside', () => {
    const foam = stack(['#####', 'fffff', '#####'], ['.####', 'fffff', 'fffff'], ['.####', '.####', '.ffff']);
    expect(slicesOf(maskOf(foam)).map((rows) => rows[1])).toEqual(['00000', '00000', '01111']);
    const lung = stack(['#####', 'a####', '#####'], ['#####', 'aaa##', '#####'], ['#####', '##a##', '#####']);
    expect(slicesOf(maskOf(lung)).flat().join('')).not.toContain('0');
  });

  test('keeps a lung that the scanner’s circle cuts, and drops the padding around it', () => {
    const side = 41;
    const data = new Float32Array(side * side);
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const radius = Math.hypot(x - 20, y - 20);
        // A body that fills the circle, with a lung that the circle cuts.
        data[y * side + x] = radius > 20 ? -2000 : y > 12 && y < 28 && x < 18 ? -850 + (x % 7) : 40 + (x % 5);
      }
    const mask = maskOf(createVolume(data, createGeometry({ size: [side, side, 1] })));
    expect(mask.data[20 * side + 5]).toBe(1);
    expect(mask.data[20 * side + 30]).toBe(1);
    expect(mask.data[3 * side + 2]).toBe(0);
  });

  test('drops foam behind a thin shell that also joins the outside in the next slice, and keeps lung behind a wall', () => {
    const closed = ['...........', '.#########.', '.#########.', '.###lll###.', '.#########.', '.#########.'];
    const couch = stack(
      [...closed, '.#fffffff#.', '.#########.', '...........'],
      [...closed, '.fffffffff.', '.#########.', '...........'],
    );
    const foamRow = (mask: Volume, z: number): string => slicesOf(mask)[z]![6]!;
    const mask = maskOf(couch, { shellMm: 3 });
    expect([foamRow(mask, 0), foamRow(mask, 1)]).toEqual(['01000000010', '00000000000']);
    expect(slicesOf(mask)[0]![3]).toBe('01111111110');
    expect(foamRow(maskOf(couch), 0)).toBe('01111111110');
  });

  test('keeps slices apart that nothing joins', () => {
    const both = stack(['...', '.#.', '...'], ['###', '#.#', '###']);
    expect(slicesOf(maskOf(both)).flat()).toEqual(['000', '010', '000', '111', '111', '111']);
  });
});
