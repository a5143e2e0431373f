import { describe, expect, test } from '@jest/globals';
import {
  createGeometry,
  createVolume,
  indexToWorld,
  type Mat3,
  type NamedBytes,
  type Vec3,
} from '@lungseg/core';
import fc from 'fast-check';
import { readVolumeFromFiles } from './read-volume-from-files.js';
import { dicomSeries } from './testing/synthetic-dicom.js';
import { forEachVoxel, furthestFromRamp, rampAt } from './testing/ramp.js';
import { rotationOf } from './testing/volumes.js';

const SIZE: Vec3 = [14, 12, 9];
const SPACING: Vec3 = [0.7, 0.9, 2.5];
const ORIGIN: Vec3 = [-3, 4, 10];

/** A series of the ramp whose slice k lies where `positionOf` says, its axes those of `direction`. */
function rampSeries(direction: Mat3, count: number, positionOf: (k: number) => Vec3): NamedBytes[] {
  const size: Vec3 = [SIZE[0], SIZE[1], count];
  const geometry = createGeometry({ size, spacing: SPACING, origin: ORIGIN, direction });
  const volume = createVolume(new Int16Array(size[0] * size[1] * size[2]), geometry);
  forEachVoxel(geometry, (i, j, k, n) => {
    const place = indexToWorld({ ...geometry, origin: positionOf(k) }, [i, j, 0]);
    volume.data[n] = Math.round(rampAt(place));
  });
  const edit = (k: number) => ({
    '00200032': [
      'DS',
      positionOf(k)
        .map((n) => n.toFixed(9))
        .join('\\'),
    ] as const,
  });
  return dicomSeries(volume, { edit });
}

const along = ([x, y, z]: Vec3, [u, v, w]: Vec3, k: number): Vec3 => [x + k * u, y + k * v, z + k * w];

describe('an oblique series whose orientation is rounded', () => {
  const direction = rotationOf(0.145, 0.037, 0.065);
  const step = [2, 5, 8].map((n) => 2 * direction[n]!) as unknown as Vec3;
  const rounded = (decimals: number): NamedBytes[] => {
    const geometry = createGeometry({ size: [4, 4, 200], spacing: [0.7, 0.7, 2], direction });
    const volume = createVolume(
      Int16Array.from({ length: 3200 }, (_, n) => (n % 900) - 1000),
      geometry,
    );
    const [a, b, , c, d, , e, f] = direction;
    const orientation = [a, c, e, b, d, f].map((value) => value.toFixed(decimals)).join('\\');
    return dicomSeries(volume, { edit: () => ({ '00200037': ['DS', orientation] }) });
  };

  test.each([3, 4, 6])(
    'to %i decimals, is no tilted gantry: its voxels stay as they are',
    async (decimals) => {
      const { volume, dicom, warnings } = await readVolumeFromFiles(rounded(decimals));
      expect(warnings).toEqual([]);
      expect(dicom!.isResampled).toBe(false);
      expect(volume.geometry.size).toEqual([4, 4, 200]);
      const last = indexToWorld(volume.geometry, [0, 0, 199]);
      // 398 mm by 0.0005 either way, in three components of two axes.
      last.forEach((place, n) => expect(Math.abs(place - 199 * step[n]!)).toBeLessThan(0.4));
    },
  );

  test('hides no tilt of half a degree', async () => {
    const tilted = rotationOf((0.5 * Math.PI) / 180, 0, 0);
    const files = rampSeries(tilted, 20, (k) => along(ORIGIN, [0, 0, 2.5], k));
    const { dicom, warnings } = await readVolumeFromFiles(files);
    expect(warnings).toEqual([expect.stringContaining('The gantry was tilted by 0.5 degrees')]);
    expect(dicom!.isResampled).toBe(true);
  });
});

describe('a tilted gantry', () => {
  test.each<[string, Mat3, Vec3, string]>([
    ['backwards', rotationOf(0.2, 0, 0), [0, 0, 2.5], '11.5'],
    ['forwards', rotationOf(-0.35, 0, 0), [0, 0, 2.5], '20.1'],
    ['to a side', rotationOf(0, 0.15, 0), [0, 0, -2.5], '8.6'],
    ['both ways, and turned', rotationOf(0.2, -0.1, 0.4), [0.1, 0.05, 2.4], '14.3'],
  ])(
    '%s is corrected, and said: each voxel is where the patient has it',
    async (_, direction, step, degrees) => {
      const { volume, warnings, dicom } = await readVolumeFromFiles(
        rampSeries(direction, SIZE[2], (k) => along(ORIGIN, step, k)),
      );
      const normal: Vec3 = [direction[2], direction[5], direction[8]];
      const rise = Math.abs(step[0] * normal[0] + step[1] * normal[1] + step[2] * normal[2]);
      expect(Math.acos(rise / Math.hypot(...step)) * (180 / Math.PI)).toBeCloseTo(Number(degrees), 1);
      expect(warnings).toEqual([
        expect.stringContaining(`The gantry was tilted by ${degrees} degrees: the slices`),
      ]);
      expect(volume.geometry.spacing[2]).toBeCloseTo(rise, 6);
      expect(dicom!.isResampled).toBe(true);

      // What the slices cover, less half a pixel at their edges, has the ramp's HU; the rest is air.
      const inside = (i: number, j: number, k: number): boolean => {
        const [x, y] = inSlice(volume.geometry, [i, j, k], direction, step);
        return x >= 0 && y >= 0 && x <= SIZE[0] - 1 && y <= SIZE[1] - 1;
      };
      expect(furthestFromRamp(volume, inside)).toBeLessThan(1.1);
      let covered = 0;
      let air = 0;
      forEachVoxel(volume.geometry, (i, j, k, n) => {
        if (inside(i, j, k)) covered++;
        else if (volume.data[n] === -1024) air++;
      });
      // A shift by part of a pixel costs each slice at most a row and a column.
      expect(covered).toBeGreaterThanOrEqual((SIZE[0] - 1) * (SIZE[1] - 1) * SIZE[2]);
      expect(air).toBeGreaterThan(0);
    },
  );

  /** Where a voxel lies in the slice it comes from, in pixels. */
  function inSlice(
    geometry: Parameters<typeof indexToWorld>[0],
    index: Vec3,
    direction: Mat3,
    step: Vec3,
  ): Vec3 {
    const normal: Vec3 = [direction[2], direction[5], direction[8]];
    const world = indexToWorld(geometry, index);
    const rise = step[0] * normal[0] + step[1] * normal[1] + step[2] * normal[2];
    const height = [0, 1, 2].reduce((sum, n) => sum + (world[n]! - ORIGIN[n]!) * normal[n]!, 0);
    const start = along(ORIGIN, step, height / rise);
    const axis = (column: number): number =>
      [0, 1, 2].reduce((sum, n) => sum + (world[n]! - start[n]!) * direction[n * 3 + column]!, 0);
    const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
    return [rounded(axis(0) / SPACING[0]), rounded(axis(1) / SPACING[1]), 0];
  }

  test('is refused where it is steeper than any gantry', () =>
    expect(
      readVolumeFromFiles(rampSeries(rotationOf(0.9, 0, 0), SIZE[2], (k) => along(ORIGIN, [0, 0, 2.5], k))),
    ).rejects.toThrow(/a tilt of 51\.6 degrees\. lungseg corrects up to 45/));
});

describe('how evenly slices must lie', () => {
  /** Slices along z, at these places. */
  const at = (places: readonly number[]): NamedBytes[] =>
    rampSeries([1, 0, 0, 0, 1, 0, 0, 0, 1], places.length, (k) => [0, 0, places[k]!]);
  const even = (spacing: number): number[] => Array.from({ length: 9 }, (_, k) => spacing * k);

  test.each([
    [5, 0.1],
    [1, 0.1],
    [0.5, 0.1],
    [0.25, 0.05],
    [0.1, 0.02],
  ])('at %d mm, one may be out of step by %d mm, and by no more', async (spacing, tolerance) => {
    const outOfStep = (mm: number) => even(spacing).map((place, k) => (k === 4 ? place + mm : place));
    const { volume, warnings } = await readVolumeFromFiles(at(outOfStep(0.98 * tolerance)));
    expect(volume.geometry.spacing[2]).toBeCloseTo(spacing, 9);
    expect(warnings).toEqual([]);
    await expect(readVolumeFromFiles(at(outOfStep(1.04 * tolerance)))).rejects.toThrow(
      'The slices are unevenly spaced',
    );
  });

  test('a slice that is missing, or one too many, is found however thin they are (fast-check)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.02, max: 10, noNaN: true }),
        fc.integer({ min: 1, max: 7 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        async (spacing, k, share) => {
          const all = even(spacing);
          const missing = all.filter((_, n) => n !== k);
          const more = all.toSpliced(k, 0, spacing * (k - 1 + share));
          for (const places of [missing, more])
            await expect(readVolumeFromFiles(at(places))).rejects.toThrow(
              /missing|unevenly spaced|same position/,
            );
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('allowing gaps', () => {
  const oblique = rotationOf(0.2, -0.1, 0.4);
  const normal: Vec3 = [oblique[2], oblique[5], oblique[8]];
  const at = (mm: number): Vec3 => along(ORIGIN, normal, mm);

  test.each<[string, number[], number, RegExp]>([
    [
      'a missing slice',
      [0, 2.5, 5, 10, 12.5, 15, 17.5, 20, 22.5],
      10,
      /up to 5 mm between 2\.dcm and 3\.dcm: 9 of them were resampled onto 10, 2\.5 mm apart/,
    ],
    [
      'three missing in two places',
      [0, 2.5, 7.5, 10, 12.5, 20, 22.5, 25, 27.5],
      12,
      /up to 7\.5 mm between 4\.dcm and 5\.dcm: 9 of them/,
    ],
    [
      'slices out of step',
      [0, 2.5, 4.7, 7.5, 10, 12.9, 15, 17.5, 20],
      9,
      /up to 2\.9 mm between 4\.dcm and 5\.dcm/,
    ],
    [
      'two spacings',
      [0, 2.5, 5, 7.5, 10, 12.5, 17.5, 22.5, 27.5],
      12,
      /up to 5 mm between 5\.dcm and 6\.dcm/,
    ],
  ])('resamples %s onto an even grid, and says so', async (_, places, count, text) => {
    const files = rampSeries(oblique, SIZE[2], (k) => at(places[k]!));
    await expect(readVolumeFromFiles(files)).rejects.toThrow(/Slices are missing|unevenly spaced/);
    const { volume, warnings, dicom } = await readVolumeFromFiles(files, { allowGaps: true });
    expect(volume.geometry.size).toEqual([SIZE[0], SIZE[1], count]);
    expect(volume.geometry.spacing[2]).toBeCloseTo(places.at(-1)! / (count - 1), 6);
    expect(furthestFromRamp(volume)).toBeLessThan(1.1);
    expect(warnings).toEqual([expect.stringMatching(text)]);
    expect(dicom!.isResampled).toBe(true);
  });

  test('keeps the slices that lie on the grid as they are', async () => {
    const places = [0, 2.5, 5, 10, 12.5, 15, 17.5, 20, 22.5];
    const noise = createVolume(
      Int16Array.from({ length: 14 * 12 * 9 }, (_, n) => ((n * 7919) % 2000) - 1000),
      createGeometry({ size: SIZE, spacing: SPACING }),
    );
    const edit = (k: number) => ({ '00200032': ['DS', `0\\0\\${places[k]!}`] as const });
    const { volume } = await readVolumeFromFiles(dicomSeries(noise, { edit }), { allowGaps: true });
    const plane = 14 * 12;
    const sliceOf = (data: ArrayLike<number>, k: number): number[] =>
      Array.from(data).slice(k * plane, (k + 1) * plane);
    [0, 1, 2, 4, 5, 6, 7, 8, 9].forEach((k, n) =>
      expect(sliceOf(volume.data, k)).toEqual(sliceOf(noise.data, n)),
    );
    const between = sliceOf(noise.data, 2).map((a, n) => Math.round((a + sliceOf(noise.data, 3)[n]!) / 2));
    expect(sliceOf(volume.data, 3)).toEqual(between);
  });

  test('leaves an even series as it is, without a word', async () => {
    const files = rampSeries(oblique, SIZE[2], (k) => at(2.5 * k));
    const plain = await readVolumeFromFiles(files);
    expect(await readVolumeFromFiles(files, { allowGaps: true })).toEqual(plain);
    expect(plain.dicom!.isResampled).toBe(false);
  });

  test('corrects gaps and tilt together', async () => {
    const rises = [0, 2.5, 5, 10, 12.5, 15, 17.5, 20, 22.5];
    const tilted = rotationOf(0.1, 0, 0);
    const files = rampSeries(tilted, SIZE[2], (k) => [ORIGIN[0], ORIGIN[1], ORIGIN[2] + rises[k]!]);
    const { volume, warnings } = await readVolumeFromFiles(files, { allowGaps: true });
    expect(warnings).toEqual([
      expect.stringContaining('tilted by 5.7 degrees'),
      expect.stringContaining('resampled onto 10'),
    ]);
    // Rows that every slice covers: two are lost to the tilt at either end.
    const rows = volume.geometry.size[1];
    expect(furthestFromRamp(volume, (_, j) => j >= rows - SIZE[1] && j < SIZE[1])).toBeLessThan(1.2);
  });

  test('refuses to make up more than what is there', () => {
    const files = rampSeries(oblique, SIZE[2], (k) => at(k < 5 ? 2.5 * k : 1000 + 2.5 * k));
    return expect(readVolumeFromFiles(files, { allowGaps: true })).rejects.toThrow(
      /Too many slices are missing to interpolate them: 9 are there, an even grid needs 409; between 4\.dcm and 5\.dcm alone lie 1002\.5 mm/,
    );
  });

  test('still refuses two slices at one position', () => {
    const files = rampSeries(oblique, SIZE[2], (k) => at(2.5 * (k === 3 ? 2 : k)));
    return expect(readVolumeFromFiles(files, { allowGaps: true })).rejects.toThrow(
      /2\.dcm and 3\.dcm lie at the same position/,
    );
  });
});
