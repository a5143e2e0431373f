import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGeometry, createVolume, indexToWorld, Rng } from '@lungseg/core';
import type { Geometry, Vec3 } from '@lungseg/core';
import { resampleToSpacing, spacing, spacingGeometry, transformVolume } from './index.js';
import { anyGeometry, anyVec3 } from './testing/arbitraries.js';

/** A volume whose voxels are a linear function of the place in the patient. */
function ramp(geometry: Geometry) {
  const [nx, ny, nz] = geometry.size;
  const data = new Float32Array(nx * ny * nz);
  for (let n = 0; n < data.length; n++) {
    const index: Vec3 = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))];
    data[n] = rampAt(indexToWorld(geometry, index));
  }
  return createVolume(data, geometry);
}
const rampAt = ([x, y, z]: Vec3): number => 2 * x - 3 * y + 0.5 * z;

describe('spacing', () => {
  test('keeps the first voxel and the direction, and has the most voxels within half a step', () => {
    fc.assert(
      fc.property(anyGeometry, anyVec3(0.3, 6), (geometry, target) => {
        const result = spacingGeometry(geometry, target);
        expect(result.spacing).toEqual(target);
        result.direction.forEach((value, n) => expect(value).toBeCloseTo(geometry.direction[n]!, 9));
        result.origin.forEach((value, n) => expect(value).toBeCloseTo(geometry.origin[n]!, 6));
        result.size.forEach((n, axis) => {
          const length = (geometry.size[axis]! - 1) * geometry.spacing[axis]!;
          expect(Math.abs((n - 1) * target[axis]! - length)).toBeLessThanOrEqual(target[axis]! / 2 + 1e-6);
        });
      }),
    );
  });

  test('keeps every place in the patient: a linear field stays what it was, inside', () => {
    const geometry = createGeometry({
      size: [20, 22, 18],
      spacing: [0.7, 0.75, 2.5],
      origin: [-120, 33, -300],
      direction: [-0.96, 0.28, 0, 0.28, 0.96, 0, 0, 0, 1],
    });
    const result = resampleToSpacing(ramp(geometry), [0.8, 0.8, 5]);
    const [nx, ny, nz] = result.geometry.size;
    for (let n = 0; n < result.data.length; n++) {
      const index: Vec3 = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))];
      if (index[0] === nx - 1 || index[1] === ny - 1 || index[2] === nz - 1) continue;
      expect(result.data[n]).toBeCloseTo(rampAt(indexToWorld(result.geometry, index)), 3);
    }
  });

  test('its inverse brings a volume back to the grid before', () => {
    const geometry = createGeometry({ size: [40, 40, 24], spacing: [0.7, 0.7, 2.5], origin: [5, 6, 7] });
    const volume = ramp(geometry);
    const transform = spacing({ spacing: [0.8, 0.8, 5] });
    const params = transform.sampleParams(new Rng(0), { volume });
    expect(JSON.parse(JSON.stringify(params))).toEqual(params);
    const back = transform.invert!(transform.apply(volume, params), params);
    expect(back.geometry).toEqual(geometry);
    expect(back.data[(10 * 40 + 10) * 40 + 10]).toBeCloseTo(volume.data[(10 * 40 + 10) * 40 + 10]!, 3);
  });

  test('takes the nearest voxel of labels', () => {
    const label = createVolume(Uint8Array.of(0, 3, 3, 0), createGeometry({ size: [4, 1, 1] }), 'label');
    const result = transformVolume(spacing({ spacing: [0.5, 1, 1] }), label);
    expect(result.data).toEqual(Uint8Array.of(0, 0, 3, 3, 3, 3, 0));
  });

  test('refuses a spacing of nothing', () => {
    expect(() => spacing({ spacing: [0.8, 0, 5] })).toThrow(
      'spacing must be three positive numbers of mm. Received: 0.8,0,5.',
    );
  });
});
