import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, parseSafetensors, Rng, type Vec3, type Volume } from '@lungseg/core';
import {
  averageSurfaceDistance,
  bootstrapMean,
  distanceTransform,
  hausdorffDistance,
  segmentationScores,
  surfaceDice,
  surfaceDistances,
} from './index.js';
import { surfelAreas } from './surfel-areas.js';

type Reference = Readonly<Record<string, number | 'Infinity' | null>>;

interface Fixtures {
  readonly transforms: readonly { size: Vec3; spacing: Vec3; sources: string }[];
  readonly cases: readonly {
    name: string;
    size: Vec3;
    spacing: Vec3;
    prediction: string;
    reference: string;
    monai: Reference;
    deepmind: Reference | null;
  }[];
  readonly surfelAreas: readonly { spacing: Vec3; areas: number[] }[];
  readonly bootstrap: { values: number[]; mean: number; interval: [number, number] };
}

const folder = join(process.cwd(), 'fixtures');
const fixtures = JSON.parse(readFileSync(join(folder, 'surfaces.json'), 'utf8')) as Fixtures;
const { tensors } = parseSafetensors(readFileSync(join(folder, 'distances.safetensors')));

function maskOf(hex: string, size: Vec3, spacing: Vec3): Volume {
  const bytes = Buffer.from(hex, 'hex');
  const data = Uint8Array.from(
    { length: size[0] * size[1] * size[2] },
    (_, n) => (bytes[n >> 3]! >> (7 - (n & 7))) & 1,
  );
  return createVolume(data, createGeometry({ size, spacing }), 'label');
}

/** Asserts each score of a reference, to 1e-4 mm or 1e-5. */
function expectScores(actual: Readonly<Record<string, number>>, reference: Reference): void {
  const expected = Object.fromEntries(
    Object.entries(reference).map(([name, value]): [string, unknown] => {
      if (value === null) return [name, Number.NaN];
      if (value === 'Infinity') return [name, Infinity];
      return [name, expect.closeTo(value, /distance|hausdorff/i.test(name) ? 4 : 5)];
    }),
  );
  expect(actual).toMatchObject(expected);
}

test.each(fixtures.transforms.map((item, index) => ({ ...item, index })))(
  'distanceTransform matches SciPy distance_transform_edt: $size voxels of $spacing mm',
  ({ index, size, spacing, sources }) => {
    const { data } = distanceTransform(maskOf(sources, size, spacing));
    const expected = tensors.get(`transform${index}`)!.data as Float32Array;
    expect(data).toHaveLength(expected.length);
    let largest = 0;
    for (let n = 0; n < data.length; n++) largest = Math.max(largest, Math.abs(data[n]! - expected[n]!));
    expect(largest).toBeLessThan(1e-5);
    expect(Math.max(...data)).toBeGreaterThan(1);
  },
);

describe.each(fixtures.cases)('$name', ({ size, spacing, monai, deepmind, ...masks }) => {
  const prediction = maskOf(masks.prediction, size, spacing);
  const reference = maskOf(masks.reference, size, spacing);
  const surfels = surfaceDistances(prediction, reference, { elements: 'surfels' });

  test('every score matches MONAI', () => {
    const { surfelDice, hausdorff95, ...others } = monai;
    const scores = segmentationScores(prediction, reference);
    expectScores(scores, others);
    expectScores({ surfelDice: surfaceDice(surfels, { toleranceMm: 2 }) }, { surfelDice: surfelDice! });
    // Between two infinite distances MONAI interpolates to NaN; ours stays infinite.
    expectScores(scores, { hausdorff95: monai['hausdorff'] === 'Infinity' ? 'Infinity' : hausdorff95! });
  });

  if (deepmind === null) return;
  test('every score of surfels matches DeepMind surface-distance', () => {
    expectScores(
      {
        hausdorff: hausdorffDistance(surfels),
        hausdorff95: hausdorffDistance(surfels, { percentile: 95 }),
        averageSurfaceDistance: averageSurfaceDistance(surfels),
        surfaceDice: surfaceDice(surfels, { toleranceMm: 2 }),
      },
      deepmind,
    );
  });
});

test.each(fixtures.surfelAreas)('surfelAreas matches MONAI at $spacing mm', ({ spacing, areas }) => {
  const ours = surfelAreas(spacing);
  expect([...ours]).toEqual(areas.map((area) => expect.closeTo(area, 5)));
});

test('bootstrapMean agrees with 200,000 resamples of NumPy', () => {
  const { values, interval } = fixtures.bootstrap;
  const [low, high] = bootstrapMean(values, { rng: new Rng(3), resamples: 20_000 });
  expect(low).toBeCloseTo(interval[0], 3);
  expect(high).toBeCloseTo(interval[1], 3);
});
