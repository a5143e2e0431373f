import { describe, expect, jest, test } from '@jest/globals';
import { createGeometry, type Vec3 } from '@lungseg/core';
import { COARSE, healthy, millilitres } from '../testing/measure-phantom.js';
import { createThoraxPhantom } from './create-thorax-phantom.js';
import { renderPhantom } from './render-phantom.js';

jest.setTimeout(180_000);

describe('phantoms over many seeds and grids', () => {
  test('adult lungs hold 1.2 to 9.5 litres together over 20 seeds, 2.5 to 6 in the mean', () => {
    const volumes = Array.from({ length: 20 }, (_, seed) => {
      const params = healthy(seed);
      return millilitres(renderPhantom({ ...params, pose: { ...params.pose, scale: 1 } }).label);
    });
    expect(Math.min(...volumes)).toBeGreaterThan(1200);
    expect(Math.max(...volumes)).toBeLessThan(9500);
    const mean = volumes.reduce((sum, v) => sum + v, 0) / volumes.length;
    expect(mean).toBeGreaterThan(2500);
    expect(mean).toBeLessThan(6000);
  });

  test('an abdomen has no lung', () => {
    for (let seed = 0; seed < 5; seed++) {
      const { label, image } = createThoraxPhantom({ seed, ...COARSE, coverage: 'abdomen' });
      expect(millilitres(label)).toBe(0);
      expect(image.data.some((hu) => hu > -200)).toBe(true);
    }
  });
  test('the lungs keep their volume within 5 % on a grid of another spacing', () => {
    for (const seed of [4, 9]) {
      const params = healthy(seed);
      const { centre, scale } = params.pose;
      const on = (spacing: Vec3): number => {
        const size = spacing.map((mm, axis) => Math.ceil([400, 320, 400][axis]! / mm)) as unknown as Vec3;
        const origin: Vec3 = [centre[0] - 200, centre[1] - 160, centre[2] - 130 * scale];
        return millilitres(renderPhantom(params, createGeometry({ size, spacing, origin })).label);
      };
      const [coarse, fine] = [on([3.7, 4.3, 5]), on([2.5, 2.5, 2.5])];
      expect(Math.abs(coarse / fine - 1)).toBeLessThan(0.05);
    }
  });
});
