import { describe, expect, test } from '@jest/globals';
import { rasAffineToGeometry } from '@lungseg/core';
import { AIR_HU } from './air.js';
import { readVolumeFromFiles } from './read-volume-from-files.js';
import { expectSamePlace } from './testing/describe-reader.js';
import { readTiltFixtures } from './testing/tilt-fixtures.js';

const fixtures = readTiltFixtures();

/** SimpleITK interpolates in float64, lungseg in float32, which has 7 digits; DICOM's positions have 9. */
const INTERPOLATION_HU = 1e-3;
/** Whole HU stay whole: the nearest one is at most a half away. */
const ROUNDING_HU = 0.5;

describe('the slices of a tilted gantry', () => {
  test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    'have the HU and the corners of SimpleITK, resampled linearly: %s',
    async (_, { files, degrees, slope, size, affine, hu }) => {
      const { volume, warnings } = await readVolumeFromFiles(files);
      expectSamePlace(volume.geometry, rasAffineToGeometry(affine, size));
      expect(warnings).toEqual([
        expect.stringContaining(`The gantry was tilted by ${degrees.toFixed(1)} degrees`),
      ]);
      const isWhole = Number.isInteger(slope);
      expect(volume.data).toBeInstanceOf(isWhole ? Int16Array : Float32Array);
      expect(volume.data).toHaveLength(hu.length);
      const furthest = hu.reduce((most, value, n) => Math.max(most, Math.abs(value - volume.data[n]!)), 0);
      expect(furthest).toBeLessThanOrEqual(INTERPOLATION_HU + (isWhole ? ROUNDING_HU : 0));
      // What no slice covers, and nothing else.
      volume.data.forEach((value, n) => expect(value === AIR_HU).toBe(hu[n] === AIR_HU));
    },
  );

  test('tilt either way, stand on rows or between them, and hold HU with and without a fraction', () => {
    const signs = fixtures.map(({ name }) => Math.sign(Number.parseFloat(name)));
    expect(new Set(signs)).toEqual(new Set([1, -1, NaN]));
    expect(new Set(fixtures.map(({ slope }) => slope))).toEqual(new Set([1, 0.5]));
    for (const { hu } of fixtures) expect(hu.filter((value) => value === AIR_HU).length).toBeGreaterThan(0);
  });

  test('that slide by one row a slice keep their numbers', async () => {
    const { files, hu } = fixtures.find(({ name }) => name === 'by one row a slice')!;
    const { volume } = await readVolumeFromFiles(files);
    expect(Array.from(volume.data)).toEqual(Array.from(hu, (value) => Math.round(value)));
    hu.forEach((value) => expect(Math.abs(value - Math.round(value))).toBeLessThan(INTERPOLATION_HU));
  });
});
