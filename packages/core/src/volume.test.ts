import { describe, expect, test } from '@jest/globals';
import { ShapeError } from './errors.js';
import { createGeometry } from './geometry.js';
import { createVolume, toFloat32 } from './volume.js';

const geometry = createGeometry({ size: [2, 3, 4] });

describe('createVolume', () => {
  test('keeps the voxels it is given, and takes them for intensities', () => {
    const data = new Int16Array(24);
    const volume = createVolume(data, geometry);
    expect(volume).toEqual({ data, geometry, kind: 'intensity' });
    expect(volume.data).toBe(data);
    expect(createVolume(data, geometry, 'label').kind).toBe('label');
  });

  test.each([23, 25, 0])('refuses %d voxels where 24 are needed', (length) => {
    const create = (): unknown => createVolume(new Int16Array(length), geometry);
    expect(create).toThrow(ShapeError);
    expect(create).toThrow(`A volume of 2 x 3 x 4 needs 24 voxels. Received: ${length}.`);
  });
});

describe('toFloat32', () => {
  test('keeps value, place and kind, and leaves the volume as it was', () => {
    const volume = createVolume(new Int16Array(24).fill(-1024), geometry, 'label');
    const result = toFloat32(volume);
    expect(result).toEqual({ data: new Float32Array(24).fill(-1024), geometry, kind: 'label' });
    expect(volume.data).toBeInstanceOf(Int16Array);
  });

  test('is the volume itself where it holds floats already', () => {
    const volume = createVolume(new Float32Array(24), geometry);
    expect(toFloat32(volume)).toBe(volume);
  });
});
