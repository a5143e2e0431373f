import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createGeometry, createVolume, Rng, type Volume } from '@lungseg/core';
import { configSchema, type TrainConfig } from '../config-schema.js';
import type { PreparedCase } from '../prepare-case.js';
import { createWork } from './augment-work.js';
import { drawSamples } from './draw-sample.js';

function makeCase(name: string): PreparedCase {
  const geometry = createGeometry({ size: [24, 24, 24] });
  const image = Int16Array.from({ length: 24 ** 3 }, (_, n) => ((n * 37) % 1500) - 1000);
  const label = Uint8Array.from(image, (hu) => (hu < -500 ? 1 : 0));
  return {
    name,
    sample: { image: createVolume(image, geometry), label: createVolume(label, geometry, 'label') },
  };
}

function configOf(changes: object): TrainConfig {
  return configSchema.parse({
    name: 'a',
    output: 'runs/a',
    epochs: 1,
    stepsPerEpoch: 1,
    crop: { size: [16, 16, 16] },
    ...changes,
  });
}

const REAL = [makeCase('one'), makeCase('two'), makeCase('rare')];
const PHANTOMS = [makeCase('phantom-0')];
const NUMBERS = Array.from({ length: 2000 }, (_, n) => n);

function shares(config: TrainConfig, cases: Parameters<typeof drawSamples>[1]): Record<string, number> {
  const draw = drawSamples(config, cases);
  const counts: Record<string, number> = {};
  for (const n of NUMBERS) {
    const { name } = draw(n);
    counts[name] = (counts[name] ?? 0) + 1 / NUMBERS.length;
  }
  return counts;
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('drawSamples', () => {
  test("draws cases by their weights, and phantoms by the config's share", () => {
    const data = { weights: { rare: 0.25, two: 0.75 }, phantoms: { share: 0.2 } };
    const found = shares(configOf({ data }), { real: REAL, phantoms: PHANTOMS });
    for (const [name, share] of Object.entries({ 'phantom-0': 0.2, one: 0.4, two: 0.3, rare: 0.1 })) {
      expect(Math.abs(found[name]! - share)).toBeLessThan(0.04);
    }
    expect(
      shares(configOf({ data: { weights: { rare: 0 } } }), { real: REAL, phantoms: [] }),
    ).not.toHaveProperty('rare');
  });

  test('depends on seed and number alone, in whatever order samples are asked for', () => {
    const draw = drawSamples(configOf({ seed: 5 }), { real: REAL, phantoms: PHANTOMS });
    const forward = NUMBERS.slice(0, 20).map(draw);
    const backward = NUMBERS.slice(0, 20).reverse().map(draw);
    expect(backward.reverse()).toEqual(forward);
    const other = drawSamples(configOf({ seed: 6 }), { real: REAL, phantoms: PHANTOMS });
    expect(NUMBERS.slice(0, 20).map((n) => other(n).job.state)).not.toEqual(
      forward.map(({ job }) => job.state),
    );
  });

  test('takes weights of 0 for all cases only where phantoms alone are drawn', () => {
    const weights = { one: 0, two: 0, rare: 0 };
    const draw = (share: number, phantoms: typeof PHANTOMS) => (): unknown =>
      drawSamples(configOf({ data: { weights, phantoms: { share } } }), { real: REAL, phantoms });
    const message =
      'data.weights must leave a case for training a weight over 0. Received 0 for all: one, two, rare. Raise one';
    expect(draw(1, [])).toThrow(message);
    expect(draw(0.9, PHANTOMS)).toThrow(message);
    expect(draw(1, PHANTOMS)).not.toThrow();
  });

  test('never draws a case of weight 0, also where rounding leaves none', () => {
    const weights = { one: 0.1, two: 0.7, rare: 0 };
    // The upper end, to which a draw just below it may round: 0.1 + 0.7 - 0.1 is over 0.7.
    jest.spyOn(Rng.prototype, 'uniform').mockImplementation((_from, to = 1) => to);
    const draw = drawSamples(configOf({ data: { weights } }), { real: REAL, phantoms: [] });
    expect(draw(0).name).toBe('two');
  });

  test('needs a case', () => {
    expect(() => drawSamples(configOf({}), { real: [], phantoms: [] })).toThrow(/nothing to train on/);
  });
});

describe('a sample', () => {
  const work = createWork(
    configOf({ augmentation: { rotateDegrees: [0, 0, 20], shiftHu: 50, noiseHu: 20, noiseProbability: 1 } }),
  );
  const { job } = drawSamples(configOf({}), { real: REAL, phantoms: [] })(3);

  test("is a crop of the config's size, clipped to [0, 1], with the label beside it", () => {
    const { image, label } = work(job) as { image: Volume; label: Volume };
    expect(image.geometry.size).toEqual([16, 16, 16]);
    expect(label.geometry).toEqual(image.geometry);
    expect(Math.min(...image.data)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...image.data)).toBeLessThanOrEqual(1);
    expect([...new Set(label.data)].sort()).toEqual([0, 1]);
  });

  test('is the same each time, and leaves its case as it was', () => {
    const before = Int16Array.from(job.sample['image']!.data);
    const [first, second] = [work(job), work(job)];
    expect(second).toEqual(first);
    expect(job.sample['image']!.data).toEqual(before);
  });

  test('has the density of another breath where it is asked for, and else what it would have had', () => {
    const made = (augmentation: object): Volume =>
      createWork(configOf({ augmentation }))(job)['image'] as Volume;
    const without = made({ shiftHu: 50 });
    const off = { densityProbability: 0, lesionsProbability: 0 };
    expect(made({ shiftHu: 50, density: [0.3, 0.3], lesions: 3, ...off }).data).toEqual(without.data);
    const thinner = made({ density: [0.3, 0.3], densityProbability: 1 }).data;
    // 0 and 1 are -1500 and 500 HU; -850 HU become -928.75.
    const image = made({}).data;
    const found = image.findIndex((value) => Math.abs(value - (1500 - 850) / 2000) < 1e-6);
    expect(found).toBeGreaterThanOrEqual(0);
    expect(thinner[found]).toBeCloseTo((1500 - 928.75) / 2000, 5);
  });

  test('has lesions where they are asked for, under unchanged labels', () => {
    const options = { lesions: 3, lesionRadius: [20, 30], flip: [0, 0, 0] };
    const made = (lesionsProbability: number): { image: Volume; label: Volume } =>
      createWork(configOf({ augmentation: { ...options, lesionsProbability } }))(job) as never;
    const [without, diseased] = [made(0), made(1)];
    expect(diseased.label.data).toEqual(without.label.data);
    const changed = diseased.image.data.filter((value, n) => value !== without.image.data[n]);
    expect(changed.length).toBeGreaterThan(100);
  });
});
