import { expect, test } from '@jest/globals';
import { createThoraxPhantom, PHANTOM_PRESETS } from '../index.js';

test('the preset tiny is a chest with both lungs, on its grid', () => {
  const { image, leftRight } = createThoraxPhantom({ seed: 3, ...PHANTOM_PRESETS.tiny });
  expect(image.geometry.size).toEqual([64, 52, 28]);
  expect([...new Set(leftRight.data)].sort()).toEqual([0, 1, 2]);
});

test('the preset abdomen has no lung', () => {
  const options = { ...PHANTOM_PRESETS.abdomen, spacing: [6, 6, 12] as const };
  expect(createThoraxPhantom({ seed: 3, ...options }).label.data.includes(1)).toBe(false);
});
