import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGeometry, createVolume, indexToWorld, Rng, worldToIndex, type Vec3 } from '@lungseg/core';
import { randomAffineCrop, randomCropByLabel } from './index.js';
import { anyGeometry } from './testing/arbitraries.js';

/** A volume whose voxels hold a linear function of their place in the patient, which interpolation restores exactly. */
function ramp(size: Vec3): { image: ReturnType<typeof createVolume>; valueAt: (p: Vec3) => number } {
  const geometry = createGeometry({ size, spacing: [0.8, 0.8, 5], origin: [-10, 20, 30] });
  const valueAt = ([x, y, z]: Vec3): number => x - 2 * y + 0.5 * z;
  const data = new Float32Array(size[0] * size[1] * size[2]);
  let n = 0;
  for (let k = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++)
      for (let i = 0; i < size[0]; i++) data[n++] = valueAt(indexToWorld(geometry, [i, j, k]));
  return { image: createVolume(data, geometry), valueAt };
}

describe('randomAffineCrop', () => {
  test('samples a turned and zoomed box of the volume, every value at its place in the patient', () => {
    const { image, valueAt } = ramp([40, 40, 12]);
    const label = createVolume(new Uint8Array(image.data.length).fill(1), image.geometry, 'label');
    const transform = randomAffineCrop({
      size: [8, 10, 4],
      foregroundProbability: 0,
      degrees: [2, 2, 30],
      zoom: [0.8, 1.25],
      fill: 1e6,
    });
    for (let seed = 0; seed < 20; seed++) {
      const params = transform.sampleParams(new Rng(seed), { image, label });
      const { data, geometry } = transform.apply(image, params);
      expect(geometry.size).toEqual([8, 10, 4]);
      let compared = 0;
      data.forEach((value, n) => {
        const index: Vec3 = [n % 8, Math.floor(n / 8) % 10, Math.floor(n / 80)];
        const place = indexToWorld(geometry, index);
        const source = worldToIndex(image.geometry, place);
        if (!source.every((v, axis) => v >= 0 && v <= image.geometry.size[axis]! - 1)) return;
        compared++;
        expect(Math.abs(value - valueAt(place))).toBeLessThan(1e-3);
      });
      expect(compared).toBeGreaterThan(100);
    }
  });

  test('is the plain crop where it neither turns nor zooms', () => {
    const { image } = ramp([20, 18, 6]);
    const label = createVolume(new Uint8Array(image.data.length).fill(1), image.geometry, 'label');
    const options = { size: [7, 6, 3] as Vec3, foregroundProbability: 0.5, fill: -1024 };
    const [plain, affine] = [randomCropByLabel(options), randomAffineCrop(options)];
    const region = plain.sampleParams(new Rng(3), { image, label });
    const params = affine.sampleParams(new Rng(3), { image, label });
    const [a, b] = [plain.apply(image, region), affine.apply(image, params)];
    b.geometry.origin.forEach((v, axis) => expect(v).toBeCloseTo(a.geometry.origin[axis]!, 6));
    b.data.forEach((v, n) => expect(v).toBeCloseTo(a.data[n]!, 3));
  });

  test('keeps labels labels, in their type, and its inverse restores the grid', () => {
    fc.assert(
      fc.property(anyGeometry, fc.integer({ min: 0, max: 1000 }), (geometry, seed) => {
        const data = new Uint8Array(geometry.size.reduce((a, b) => a * b)).map((_, n) => (n % 3) * 2);
        const label = createVolume(data, geometry, 'label');
        const transform = randomAffineCrop({
          size: [5, 4, 3],
          foregroundProbability: 1,
          degrees: [20, 20, 180],
          zoom: [0.5, 2],
        });
        const params = transform.sampleParams(new Rng(seed), { label });
        const result = transform.apply(label, params);
        expect(result.data).toBeInstanceOf(Uint8Array);
        expect([...new Set(result.data)].every((v) => [0, 2, 4].includes(v))).toBe(true);
        expect(transform.invert!(result, params).geometry).toEqual(geometry);
      }),
    );
  });

  test.each([
    [[0, 1], 'zoom must be two positive numbers, the smaller first. Received: 0, 1.'],
    [[1.2, 1.1], 'zoom must be two positive numbers, the smaller first. Received: 1.2, 1.1.'],
  ] as const)('refuses the zoom %j', (zoom, message) => {
    expect(() => randomAffineCrop({ size: [8, 8, 8], foregroundProbability: 1, zoom })).toThrow(message);
  });
});
