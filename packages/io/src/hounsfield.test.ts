import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, type Volume, type VoxelArray } from '@lungseg/core';
import { assertHounsfield, cleanPadding } from './hounsfield.js';

const geometry = createGeometry({ size: [2, 2, 2] });
const of = (
  values: readonly number[],
  array: new (values: Iterable<number>) => VoxelArray = Int16Array,
): Volume => createVolume(new array(values), geometry);

describe('assertHounsfield', () => {
  test.each<[string, readonly number[], string]>([
    ['all zero', [0, 0, 0, 0, 0, 0, 0, 0], 'every voxel is 0'],
    [
      'a picture of 8 bits',
      [0, 12, 255, 99, 3, 0, 254, 0],
      'its numbers go from 0 to 255, as those of a picture',
    ],
    [
      'stored numbers',
      [24, 1064, 0, 3000, 24, 1, 2, 3],
      'none of its numbers is negative, they go from 0 to 3000',
    ],
    ['only padding', [-2000, -2000, -3024, -3024, -2000, -2000, -2000, -2000], 'every voxel is below -1500'],
    ['a picture in a circle', [-2000, 12, 255, 99, 3, 0, 254, 0], 'its numbers go from 0 to 255'],
  ])('refuses %s, with the reason and what to do', (_, values, reason) => {
    const check = (): void => assertHounsfield('scan.nii.gz', of(values));
    expect(check).toThrow(`scan.nii.gz can't be in HU: ${reason}`);
    expect(check).toThrow(/convert it, or say by the option assumeHu that these are HU\.$/);
  });

  test('refuses a normalised image', () =>
    expect(() => assertHounsfield('a.nrrd', of([-1.5, -1, 0, 0.25, 0.5, 2, 2.5, 3], Float32Array))).toThrow(
      'its numbers go from -1.5 to 3, as those of a normalised image do',
    ));

  test.each<[string, readonly number[]]>([
    ['a chest', [-1024, -850, -700, 40, 60, 1200, 0, -100]],
    ['a chest in a circle of padding', [-2000, -850, -700, 40, 60, 1200, 0, -2000]],
    ['an abdomen without air', [-120, -90, 20, 40, 60, 300, 0, 30]],
    ['nothing but air', [-1000, -1000, -1000, -1000, -1000, -1000, -1000, -1000]],
  ])('lets %s pass', (_, values) => expect(() => assertHounsfield('a', of(values))).not.toThrow());
});

describe('cleanPadding', () => {
  test('makes air of what is below -1500 HU, and leaves the noise of air alone', () => {
    const volume = of([-3024, -2000, -1501, -1500, -1100, -1024, 40, 3071]);
    const { volume: clean, replaced } = cleanPadding(volume);
    expect(Array.from(clean.data)).toEqual([-1024, -1024, -1024, -1500, -1100, -1024, 40, 3071]);
    expect(replaced).toBe(3);
    expect(Array.from(volume.data)).toEqual([-3024, -2000, -1501, -1500, -1100, -1024, 40, 3071]);
    expect(clean.data).toBeInstanceOf(Int16Array);
  });

  test('gives the volume itself where there is none', () => {
    const volume = of([-1024, -1000, 0, 1, 2, 3, 4, 5]);
    expect(cleanPadding(volume)).toEqual({ volume, replaced: 0 });
    expect(cleanPadding(volume).volume).toBe(volume);
  });
});
