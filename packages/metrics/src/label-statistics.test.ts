import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, Rng, ShapeError, voxelCount } from '@lungseg/core';
import { labelStatistics, meanIntensity, volumeMl } from './index.js';

const geometry = createGeometry({ size: [10, 8, 6], spacing: [0.5, 2, 5] });
const count = voxelCount(geometry);
const rng = new Rng(3);
const image = createVolume(
  Int16Array.from({ length: count }, () => rng.integer(-1000, 200)),
  geometry,
);
const box = (i: number, j: number, k: number): boolean =>
  i >= 2 && i < 7 && j >= 3 && j < 8 && k >= 1 && k < 4;
const labels = createVolume(
  Uint8Array.from({ length: count }, (_, n) =>
    box(n % 10, Math.floor(n / 10) % 8, Math.floor(n / 80)) ? 2 : 0,
  ),
  geometry,
  'label',
);
const inside = [...image.data].filter((_, n) => labels.data[n] === 2).sort((a, b) => a - b);

/** NumPy's default percentile, on the sorted values. */
function percentile(percent: number): number {
  const rank = (percent / 100) * (inside.length - 1);
  const low = inside[Math.floor(rank)]!;
  return low + (inside[Math.ceil(rank)]! - low) * (rank % 1);
}

describe('labelStatistics', () => {
  test('agrees with sorting the voxels, and says where the label lies', () => {
    const [statistics] = labelStatistics(image, labels, { 2: 'left lung' });
    expect(statistics).toEqual({
      label: 2,
      name: 'left lung',
      voxels: 75,
      volumeMl: 0.375,
      meanHu: expect.closeTo(inside.reduce((a, b) => a + b, 0) / 75, 9),
      p5: expect.closeTo(percentile(5), 9),
      p15: expect.closeTo(percentile(15), 9),
      p25: expect.closeTo(percentile(25), 9),
      p50: expect.closeTo(percentile(50), 9),
      p75: expect.closeTo(percentile(75), 9),
      p95: expect.closeTo(percentile(95), 9),
      shares: {},
      slices: { first: 1, last: 3 },
      touchesBorder: ['P'],
    });
  });

  test('reports a label without voxels with nulls, which JSON keeps', () => {
    const [, right] = labelStatistics(image, labels, { 2: 'left lung', 3: 'trachea' });
    expect(JSON.parse(JSON.stringify(right))).toEqual({
      label: 3,
      name: 'trachea',
      voxels: 0,
      volumeMl: 0,
      meanHu: null,
      p5: null,
      p15: null,
      p25: null,
      p50: null,
      p75: null,
      p95: null,
      shares: {},
      slices: null,
      touchesBorder: [],
    });
  });

  test('gives the share of voxels in bands, without their upper end', () => {
    const bands = {
      low: [-Infinity, -500],
      middle: [-500, inside[40]!],
      rest: [inside[40]!, Infinity],
    } as const;
    const [left, none] = labelStatistics(image, labels, { 2: 'left lung', 3: 'trachea' }, { bands });
    const share = (low: number, high: number): number =>
      inside.filter((hu) => hu >= low && hu < high).length / 75;
    for (const [name, [low, high]] of Object.entries(bands)) {
      expect(left!.shares[name]).toBeCloseTo(share(low, high), 12);
    }
    expect(Object.values(left!.shares).reduce((a, b) => a! + b!, 0)).toBeCloseTo(1, 12);
    expect(none!.shares).toEqual({ low: null, middle: null, rest: null });
  });

  test('names faces by the patient, whatever way the axes run', () => {
    const turned = createGeometry({ size: [10, 8, 6], direction: [0, 0, -1, 0, -1, 0, -1, 0, 0] });
    const [statistics] = labelStatistics(
      { ...image, geometry: turned },
      { ...labels, geometry: turned },
      { 2: 'lung' },
    );
    expect(statistics!.touchesBorder).toEqual(['A']);
  });

  test('passes over voxels that are not finite', () => {
    const data = Float32Array.from(image.data);
    const first = labels.data.indexOf(2);
    const rest = inside.reduce((a, b) => a + b, 0) - data[first]!;
    data[first] = Number.NaN;
    const [statistics] = labelStatistics({ ...image, data }, labels, { 2: 'lung' });
    expect(statistics!.meanHu).toBeCloseTo(rest / 74, 9);
  });

  test('refuses another grid', () => {
    const other = { ...labels, geometry: { ...geometry, spacing: [1, 2, 5] as const } };
    expect(() => labelStatistics(image, other, { 2: 'lung' })).toThrow(ShapeError);
  });
});

test('volumeMl and meanIntensity agree with labelStatistics', () => {
  const [statistics] = labelStatistics(image, labels, { 2: 'lung' });
  expect(volumeMl(labels, 2)).toBe(statistics!.volumeMl);
  expect(volumeMl(labels)).toBe(statistics!.volumeMl);
  expect(volumeMl(labels, 1)).toBe(0);
  expect(meanIntensity(image, labels, 2)).toBeCloseTo(statistics!.meanHu!, 9);
  expect(meanIntensity(image, labels, 1)).toBeNaN();
});
