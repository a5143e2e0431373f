import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, type Volume } from '@lungseg/core';
import { bodyMask } from './body-mask.js';

/** One slice from rows of letters: `.` air, `#` tissue, `l` lung. */
function slice(...rows: string[]): Volume {
  const hu: Record<string, number> = { '.': -1000, '#': 40, l: -850 };
  const data = Int16Array.from(rows.join(''), (letter) => hu[letter]!);
  return createVolume(data, createGeometry({ size: [rows[0]!.length, rows.length, 1] }));
}

const rowsOf = ({ data, geometry }: Volume): string[] => {
  const width = geometry.size[0];
  return Array.from({ length: geometry.size[1] }, (_, y) =>
    [...data.slice(y * width, (y + 1) * width)].join(''),
  );
};

describe('bodyMask', () => {
  test('keeps the body with its lungs and gas, and drops the air around', () => {
    expect(rowsOf(bodyMask(slice('........', '.######.', '.#ll#.#.', '.######.', '........')))).toEqual([
      '00000000',
      '01111110',
      '01111110',
      '01111110',
      '00000000',
    ]);
  });

  test('keeps a lung that the field of view cuts, beside air that it drops', () => {
    expect(rowsOf(bodyMask(slice('....', '####', 'lll#', 'lll#', '####')))).toEqual([
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
    expect(rowsOf(bodyMask(image))).toEqual(['11110', '10000', '10111', '11111']);
    expect([...image.data]).toEqual(before);
  });

  test('takes each slice on its own', () => {
    const one = slice('...', '.#.', '...');
    const data = Int16Array.from([...one.data, ...slice('###', '#.#', '###').data]);
    const both = createVolume(data, createGeometry({ size: [3, 3, 2] }));
    expect([...bodyMask(both).data]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });
});
