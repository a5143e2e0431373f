import { expect, test } from '@jest/globals';
import { lineOf, measure, median } from './measurement.js';

test.each([
  [[3], 3],
  [[5, 1, 3], 3],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

test('the first run does not count', async () => {
  let runs = 0;
  expect(await measure(3, () => Promise.resolve(runs++))).toHaveLength(3);
  expect(runs).toBe(4);
});

test('a line says the medians, and their ratio', () => {
  const milliseconds = { lungseg: [90, 100, 400], SimpleITK: [200] };
  expect(lineOf({ bench: 'read', what: 'a CT', milliseconds })).toBe(
    'read: a CT: lungseg 100 ms, SimpleITK 200 ms (lungseg takes 0.50 of it)',
  );
});
