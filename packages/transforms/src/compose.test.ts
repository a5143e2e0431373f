import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, Rng, ShapeError } from '@lungseg/core';
import type { Sample, Transform } from '@lungseg/core';
import {
  compose,
  crop,
  flip,
  gaussianBlur,
  gaussianNoise,
  oneOf,
  orientation,
  padToSize,
  randomCropByLabel,
  randomFlip,
  randomRotate,
  randomShiftIntensity,
  replaySample,
  scaleIntensityRange,
  shiftIntensity,
  spacing,
  transformSample,
  withProbability,
} from './index.js';

const geometry = createGeometry({
  size: [20, 18, 16],
  spacing: [1, 1, 2],
  origin: [-10, 5, 40],
  direction: [-1, 0, 0, 0, 1, 0, 0, 0, 1],
});
const count = 20 * 18 * 16;
const rng = new Rng(8);
const image = createVolume(
  new Int16Array(count).map(() => rng.integer(-1000, 200)),
  geometry,
);
const label = createVolume(
  new Uint8Array(count).map(() => (rng.bernoulli(0.2) ? 1 : 0)),
  geometry,
  'label',
);
const sample: Sample = { image, label };

const recipe = () =>
  compose([
    orientation({ axcodes: 'RAS' }),
    spacing({ spacing: [1.2, 1.2, 3] }),
    scaleIntensityRange({ from: [-1500, 500] }),
    randomCropByLabel({ size: [12, 12, 8], foregroundProbability: 0.75 }),
    randomFlip({ probability: 0.5 }),
    withProbability(0.5, randomRotate({ degrees: [0, 0, 10] })),
    oneOf([gaussianNoise({ standardDeviation: [0, 0.1] }), gaussianBlur({ sigma: [0, 1] })]),
    compose([randomShiftIntensity({ maxOffset: 0.1 })]),
  ]);

describe('compose', () => {
  test('gives the same for the same seed, and otherwise something else', () => {
    const run = (seed: number) => transformSample(recipe(), sample, new Rng(seed));
    expect(run(1)).toEqual(run(1));
    expect(run(1).params).not.toEqual(run(2).params);
    expect(run(1).sample['image']!.geometry.size).toEqual([12, 12, 8]);
  });

  test('replays its history, also from JSON, exactly', () => {
    for (let seed = 0; seed < 10; seed++) {
      const steps = recipe();
      const { sample: result, params } = transformSample(steps, sample, new Rng(seed));
      const history = JSON.parse(JSON.stringify(params)) as typeof params;
      expect(history.map(({ name }) => name)).toEqual([
        'orientation',
        'spacing',
        'scaleIntensityRange',
        'randomCropByLabel',
        'randomFlip',
        'randomRotate',
        'oneOf',
        'compose',
      ]);
      expect(replaySample(steps, sample, history)).toEqual(result);
      expect(steps.sampleParams(new Rng(seed), sample)).toEqual(params);
    }
  });

  test('inverts what moved voxels: a mask comes back to the grid of the image', () => {
    const steps = compose([
      orientation({ axcodes: 'RAS' }),
      scaleIntensityRange({ from: [-1500, 500] }),
      padToSize({ size: [32, 32, 32] }),
      flip({ axes: [1] }),
      shiftIntensity({ offset: 3 }),
    ]);
    const { sample: result, params } = transformSample(steps, sample, new Rng(1));
    const back = steps.invert!(result['label']!, params);
    expect(back.data).toEqual(label.data);
    expect(back.geometry).toEqual(geometry);
  });

  test('sees in each step what the step before gave', () => {
    const steps = compose([crop({ start: [0, 0, 0], size: [4, 4, 4] }), padToSize({ size: [6, 6, 6] })]);
    const { params } = transformSample(steps, sample, new Rng(0));
    expect(params[1]!.params).toEqual({ start: [-1, -1, -1], size: [6, 6, 6], from: [4, 4, 4] });
  });

  test('an error begins with the name of its step, and keeps class and cause', () => {
    const failing = (error: unknown): Transform => ({
      name: 'failing',
      options: {},
      sampleParams: () => null,
      apply: () => {
        throw error;
      },
    });
    const cause = new ShapeError('depth must be 2. Received: 3.');
    const run = (error: unknown) => () =>
      transformSample(compose([flip({ axes: [0] }), failing(error)]), sample, new Rng(0));
    expect(run(cause)).toThrow(ShapeError);
    expect(run(cause)).toThrow('failing: depth must be 2. Received: 3.');
    expect(run(cause)).toThrow(expect.objectContaining({ cause }));
    expect(run(new TypeError('oops'))).toThrow('failing: oops');
  });

  test('refuses the history of other steps', () => {
    const { params } = transformSample(compose([flip({ axes: [0] })]), sample, new Rng(0));
    expect(() => compose([shiftIntensity({ offset: 1 })]).apply(image, params)).toThrow(
      'The history must be of the steps shiftIntensity. Received: flip.',
    );
  });
});

describe('withProbability', () => {
  test('does it as often as told', () => {
    const transform = withProbability(0.3, shiftIntensity({ offset: 1 }));
    const generator = new Rng(3);
    const taken = Array.from({ length: 2000 }, () => transform.sampleParams(generator, sample).taken);
    expect(taken.filter(Boolean).length / 2000).toBeCloseTo(0.3, 1);
    expect(transform.apply(image, { taken: false, params: null })).toBe(image);
    expect(() => withProbability(-1, transform)).toThrow('probability must be in [0, 1]. Received: -1.');
  });
});

describe('oneOf', () => {
  test('chooses by weight, never what weighs nothing', () => {
    const choices = [0, 1, 2].map((offset) => shiftIntensity({ offset }));
    const transform = oneOf(choices, { weights: [1, 0, 3] });
    const generator = new Rng(3);
    const drawn = Array.from({ length: 2000 }, () => transform.sampleParams(generator, sample).choice);
    expect(drawn.filter((choice) => choice === 2).length / 2000).toBeCloseTo(0.75, 1);
    expect(drawn).not.toContain(1);
  });

  test('refuses weights that do not fit, and nothing to choose from', () => {
    const choices = [flip({ axes: [0] })];
    expect(() => oneOf([])).toThrow(/oneOf must have transforms/);
    expect(() => oneOf(choices, { weights: [0] })).toThrow(/not all 0/);
    expect(() => oneOf(choices, { weights: [1, 2] })).toThrow(/1 transforms, weights 1,2/);
  });
});
