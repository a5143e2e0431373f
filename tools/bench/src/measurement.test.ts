import { expect, test } from '@jest/globals';
import { lineOf, measure, median } from './measurement.js';

test.each([
  [[3], 3],
  [[5, 1, 3], 3],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

test('the first run does not count', async () => {
  let runs = 0;
  const { wall, cpu } = await measure(3, () => Promise.resolve(runs++));
  expect([wall.length, cpu.length]).toEqual([3, 3]);
  expect(runs).toBe(4);
});

test('a line says the medians, and their ratio', () => {
  const timings = {
    lungseg: { wall: [90, 100, 400], cpu: [50] },
    SimpleITK: { wall: [200], cpu: [100] },
  };
  expect(lineOf({ bench: 'read', what: 'a CT', timings })).toBe(
    'read: a CT: lungseg 100 ms (50 ms of CPU); SimpleITK 200 ms (100 ms of CPU), of which lungseg takes 0.50 (0.50)',
  );
});
