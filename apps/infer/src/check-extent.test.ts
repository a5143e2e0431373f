import { describe, expect, test } from '@jest/globals';
import { createGeometry, isLungsegError, type Vec3 } from '@lungseg/core';
import { checkExtent } from './check-extent.js';

const check = (
  size: Vec3,
  spacing: Vec3,
  direction?: Parameters<typeof createGeometry>[0]['direction'],
): void =>
  checkExtent(
    'ct.nii.gz',
    createGeometry({ size, spacing, ...(direction === undefined ? {} : { direction }) }),
  );

describe('checkExtent', () => {
  test.each<[string, Vec3, Vec3]>([
    ['an adult', [512, 512, 300], [0.7, 0.7, 1]],
    ['a whole body', [512, 512, 1000], [1.4, 1.4, 2]],
    ['an infant', [256, 256, 60], [0.4, 0.4, 2]],
    ['a thin crop', [64, 64, 2], [0.7, 0.7, 0.6]],
    ['two voxels along each axis', [2, 2, 2], [3.5, 3.5, 6]],
  ])('lets %s pass', (_, size, spacing) => {
    expect(() => check(size, spacing)).not.toThrow();
  });

  test.each<[string, Vec3, Vec3, string]>([
    [
      'metres wide',
      [96, 96, 40],
      [500, 500, 500],
      "ct.nii.gz is 48 m wide, by its spacing of 500 x 500 x 500 mm. A chest CT's longest side is from 5 mm to 2.5 m: spacing must be in mm. Correct the header, or export the image again.",
    ],
    ['metres tall', [96, 96, 400], [3.5, 3.5, 100], 'ct.nii.gz is 40 m tall, by'],
    [
      'micrometres wide',
      [96, 96, 40],
      [1e-4, 1e-4, 1e-4],
      'ct.nii.gz is 0.0096 mm wide, by its spacing of 0.0001 x',
    ],
  ])('refuses what is %s, in one sentence of units', (_, size, spacing, message) => {
    try {
      check(size, spacing);
    } catch (error) {
      expect(isLungsegError(error)).toBe(true);
      expect((error as Error).message).toContain(message);
      return;
    }
    throw new Error('nothing was thrown');
  });

  test("names the patient's axis, whichever of the image's it is", () => {
    // k runs along the patient's front to back.
    const coronal = [1, 0, 0, 0, 0, 1, 0, -1, 0] as const;
    expect(() => check([96, 96, 40], [3.5, 3.5, 100], coronal)).toThrow('ct.nii.gz is 4 m deep, by');
  });
});
