import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume } from '@lungseg/core';
import { closeLabels, transformVolume } from './index.js';

/** The row in the middle of slabs that have these labels along i. */
function close(radius: number, values: readonly number[], labels?: readonly number[]): number[] {
  const geometry = createGeometry({ size: [values.length, 9, 9] });
  const data = Uint8Array.from({ length: values.length * 81 }, (_, n) => values[n % values.length]!);
  const transform = closeLabels({ radius, ...(labels === undefined ? {} : { labels }) });
  const middle = (4 * 9 + 4) * values.length;
  const closed = transformVolume(transform, createVolume(data, geometry, 'label'));
  return [...closed.data.subarray(middle, middle + values.length)];
}

describe('closeLabels', () => {
  test('closes a gap that the ball does not fit into, one label at a time, by hand', () => {
    expect(close(1, [1, 0, 0, 1, 0, 0, 0, 2, 0, 2])).toEqual([1, 1, 1, 1, 0, 0, 0, 2, 2, 2]);
    expect(close(1, [1, 0, 1, 0, 0, 0, 2, 0, 2], [2])).toEqual([1, 0, 1, 0, 0, 0, 2, 2, 2]);
  });

  test('leaves a label whole at the edge of the volume, other labels, and everything for a radius of 0', () => {
    expect(close(3, [1, 1, 2, 1, 0, 0])).toEqual([1, 1, 2, 1, 0, 0]);
    expect(close(0, [1, 0, 1])).toEqual([1, 0, 1]);
  });

  test('refuses a negative radius, and the background', () => {
    expect(() => closeLabels({ radius: -1 })).toThrow(/not negative. Received: -1./);
    expect(() => closeLabels({ radius: 1, labels: [0] })).toThrow(/must not have 0/);
  });
});
