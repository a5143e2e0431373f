import { expect, test } from '@jest/globals';
import { formatSpacing } from './format-spacing.js';

test.each([
  [[0.703125, 0.703125, 5], '0.703 x 0.703 x 5 mm'],
  [[0.0001, 0.00123456, 0.04], '0.0001 x 0.00123 x 0.04 mm'],
  [[500, 1234.5678, 1e-6], '500 x 1234.568 x 0.000001 mm'],
  [[1e-7, 1, 1], '1e-7 x 1 x 1 mm'],
])('%j has three decimals, and three digits where it is small', (spacing, text) => {
  expect(formatSpacing(spacing as [number, number, number])).toBe(text);
});

test('takes another sign between the numbers', () => {
  expect(formatSpacing([1, 2, 3], '×')).toBe('1 × 2 × 3 mm');
});
