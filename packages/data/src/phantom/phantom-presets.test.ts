import { expect, test } from '@jest/globals';
import { createThoraxPhantom, PHANTOM_PRESETS } from '../index.js';

test('the preset tiny is a chest with both lungs, on its grid', () => {
  const { image, leftRight } = createThoraxPhantom({ seed: 3, ...PHANTOM_PRESETS.tiny });
  expect(image.geometry.size).toEqual([64, 52, 28]);
  expect([...new Set(leftRight.data)].sort()).toEqual([0, 1, 2]);
});

test.each(['abdomen', 'head'] as const)('the preset %s has no lung, but a body and air in it', (preset) => {
  const options = { ...PHANTOM_PRESETS[preset], spacing: [4, 4, 8] as const };
  const { image, label } = createThoraxPhantom({ seed: 3, ...options });
  expect(label.data.includes(1)).toBe(false);
  const [nx, ny, nz] = image.geometry.size;
  const middle = image.data.subarray(nx * ny * (nz >> 1), nx * ny * ((nz >> 1) + 1));
  expect(middle.filter((hu) => hu > 0).length).toBeGreaterThan(200);
});
