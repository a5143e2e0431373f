import { expect, test } from '@jest/globals';
import { createGeometry, createVolume } from '@lungseg/core';
import { toShared } from './prepare-case.js';

test('HU beyond int16 stay the brightest and the darkest, and fractions are rounded', () => {
  const geometry = createGeometry({ size: [6, 1, 1] });
  const hu = Float32Array.of(-1000.4, 40_000, -40_000, 32_767.6, -32_768, Infinity);
  const label = createVolume(Uint8Array.of(0, 1, 0, 1, 0, 1), geometry, 'label');
  const shared = toShared({ image: createVolume(hu, geometry), label });
  expect([...shared.image.data]).toEqual([-1000, 32_767, -32_768, 32_767, -32_768, 32_767]);
  expect([...shared.label.data]).toEqual([0, 1, 0, 1, 0, 1]);
  for (const { data } of Object.values(shared)) expect(data.buffer).toBeInstanceOf(SharedArrayBuffer);
});
