import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createVolume,
  Rng,
  sameGrid,
  type Json,
  type Sample,
  type Transform,
  type Volume,
} from '@lungseg/core';
import {
  adjustContrast,
  adjustGamma,
  compose,
  crop,
  cutOut,
  flip,
  gaussianBlur,
  gaussianNoise,
  invertSample,
  normalizeIntensity,
  oneOf,
  onKeys,
  orientation,
  padToSize,
  randomFlip,
  randomScaleIntensity,
  randomShiftIntensity,
  scaleIntensity,
  scaleIntensityRange,
  sharpen,
  shiftIntensity,
  simulateFieldOfView,
  simulateInflation,
  simulateLesions,
  simulateLowDose,
  simulateLowResolution,
  threshold,
  transformSample,
  withProbability,
  type History,
} from './index.js';
import { anyVolume } from './testing/arbitraries.js';
import { largestDifference } from './testing/reference.js';

const anyImage = anyVolume.filter(({ kind }) => kind === 'intensity');
const toJsonAndBack = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const greatest = (data: ArrayLike<number>): number =>
  Array.from(data).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
/** What rounding a number of this size to float32 may change. */
const ulp = (size: number): number => size * 2 ** -23;

/** How far each voxel may be off, once what became of it was rounded to float32: linear steps stretch that by their factor. */
function expectBack(back: Volume, before: Volume, tolerance: number): void {
  expect(sameGrid(back.geometry, before.geometry)).toBe(true);
  expect(largestDifference(back.data, before.data)).toBeLessThanOrEqual(tolerance);
}

const linear: readonly (readonly [string, Transform, (params: never) => number])[] = [
  ['shiftIntensity', shiftIntensity({ offset: 123.4 }), () => 1],
  ['randomShiftIntensity', randomShiftIntensity({ maxOffset: 2000 }), () => 1],
  ['scaleIntensity', scaleIntensity({ factor: -0.7 }), () => 0.3],
  [
    'randomScaleIntensity',
    randomScaleIntensity({ maxFactor: 0.9 }),
    ({ factor }: { factor: number }) => 1 + factor,
  ],
  [
    'normalizeIntensity',
    normalizeIntensity(),
    ({ standardDeviation }: { standardDeviation: number }) => 1 / standardDeviation,
  ],
  [
    'scaleIntensityRange',
    scaleIntensityRange({ from: [-1500, 500], to: [1, -1], clip: false }),
    () => 2 / 2000,
  ],
  [
    'adjustContrast',
    adjustContrast({ factor: [0.3, 3], keepRange: false }),
    ({ factor }: { factor: number }) => factor,
  ],
];

describe.each(linear)('%s', (_name, transform, factorOf) => {
  test('comes back by its inverse within the rounding of float32; labels and the input stay', () => {
    fc.assert(
      fc.property(anyImage, fc.integer(), (image, seed) => {
        const label: Volume = { ...image, kind: 'label' };
        const params = toJsonAndBack(transform.sampleParams(new Rng(seed), { image, label }));
        const between = transform.apply(image, params, 'image');
        const copy = between.data.slice();
        const back = transform.invert!(between, params, 'image');
        const tolerance = ulp(greatest(between.data)) / Math.abs(factorOf(params as never));
        expectBack(back, image, tolerance + ulp(greatest(image.data)));
        expect(between.data).toEqual(copy);
        expect(transform.invert!(label, params, 'label')).toBe(label);
        expect(transform.inverts).toBe('values');
      }),
      { numRuns: 40 },
    );
  });
});

test('adjustGamma comes back to what bends to the same, within the rounding of float32; labels stay', () => {
  fc.assert(
    fc.property(anyImage, fc.double({ min: -1, max: 1, noNaN: true }), (image, logGamma) => {
      const transform = adjustGamma({ logGamma });
      const params = toJsonAndBack(transform.sampleParams(new Rng(0), { image }));
      const between = transform.apply(image, params, 'image');
      const back = transform.invert!(between, params, 'image');
      const [low, high] = [Math.min(...image.data), Math.max(...image.data)];
      const range = high - low;
      // The power is read from a table, within 2.5e-6 of the range; what that leaves open is worked out here.
      const off = 2.5e-6 * range + 2 * ulp(greatest(image.data));
      const share = (value: number) => Math.min(Math.max((value - low) / (range || 1), 0), 1);
      const unbent = (value: number) => share(value) ** Math.exp(-logGamma) * range + low;
      const bent = (value: number) => share(value) ** Math.exp(logGamma) * range + low;
      image.data.forEach((value, n) => {
        const exact = bent(value);
        expect(back.data[n]).toBeGreaterThanOrEqual(unbent(exact - off) - off);
        expect(back.data[n]).toBeLessThanOrEqual(unbent(exact + off) + off);
      });
    }),
    { numRuns: 40 },
  );
  const label: Volume = { ...fc.sample(anyImage, 1)[0]!, kind: 'label' };
  const gamma = adjustGamma({ logGamma: 1 });
  expect(gamma.invert!(label, gamma.sampleParams(new Rng(0), { label }))).toBe(label);
});

test.each([
  ['adjustContrast that keeps the range', adjustContrast({ factor: 2 })],
  ['scaleIntensityRange that clips', scaleIntensityRange({ from: [-1500, 500] })],
  ['scaleIntensityRange to one value', scaleIntensityRange({ from: [0, 1], to: [3, 3], clip: false })],
  ['gaussianNoise', gaussianNoise({ standardDeviation: 1 })],
  ['gaussianBlur', gaussianBlur({ sigma: 1 })],
  ['sharpen', sharpen({ sigma: 1, amount: 1 })],
  ['cutOut', cutOut({ count: 1, size: [1, 1, 1] })],
  ['simulateFieldOfView', simulateFieldOfView({ share: 0.5 })],
  ['simulateInflation', simulateInflation({ density: 0.5 })],
  ['simulateLesions', simulateLesions({ count: 1, radius: 5 })],
  ['simulateLowDose', simulateLowDose({ dose: 0.5 })],
  ['simulateLowResolution', simulateLowResolution({ factor: 2 })],
  ['threshold', threshold({ level: 0 })],
])('%s has no inverse', (_name, transform) => {
  expect(transform).not.toHaveProperty('invert');
});

test('what was multiplied by 0 can not be brought back', () => {
  const image = fc.sample(anyImage, 1)[0]!;
  const steps = compose([scaleIntensity({ factor: -1 })]);
  const { sample, params } = transformSample(steps, { image }, new Rng(0));
  expect(() => invertSample(steps, sample, params)).toThrow(
    'scaleIntensity: The inverse must have intensities that were multiplied by another number than 0. Received: 0. They are lost.',
  );
});

/** Values and places, in every kind of composition. */
const steps = compose([
  orientation({ axcodes: 'RAS' }),
  adjustGamma({ logGamma: [-0.2, 0.2] }),
  adjustContrast({ factor: [0.8, 1.2], keepRange: false }),
  padToSize({ size: [11, 11, 11], fill: -3000 }),
  withProbability(0.7, randomScaleIntensity({ maxFactor: 0.5 })),
  onKeys(['image'], randomShiftIntensity({ maxOffset: 100 })),
  oneOf([flip({ axes: [1] }), shiftIntensity({ offset: 30 }), gaussianBlur({ sigma: 0 })]),
  compose([normalizeIntensity({ key: 'image' }), randomFlip({ probability: 0.5 })]),
  scaleIntensityRange({ from: [-2, 2], clip: false }),
]);
const anySample = fc.tuple(anyImage, fc.integer()).map(([image, seed]) => {
  const rng = new Rng(seed);
  const label = createVolume(
    new Uint8Array(image.data.length).map(() => rng.integer(0, 3)),
    image.geometry,
    'label',
  );
  const second = { ...image, data: image.data.map((value) => 500 - value) };
  return { image, label, second };
});
const run = (sample: Sample, seed: number) => {
  const { sample: result, params } = transformSample(steps, sample, new Rng(seed));
  return { result, history: toJsonAndBack<History>(params) };
};

/** Made probabilities on a volume's grid. */
const predictionOn = ({ data, geometry }: Volume): Volume =>
  createVolume(
    Float32Array.from(data, (_, n) => (n % 11) / 10),
    geometry,
  );

describe('invertSample', () => {
  test('undoes a whole composition, places and values of each volume, from its JSON', () => {
    fc.assert(
      fc.property(anySample, fc.integer(), (sample, seed) => {
        const { result, history } = run(sample, seed);
        const back = invertSample(steps, result, history);
        expectBack(back['label']!, sample.label, 0);
        expectBack(back['image']!, sample.image, 0.05);
        expectBack(back['second']!, sample.second, 0.05);
      }),
      { numRuns: 30 },
    );
  });

  test('leaves the values of other volumes than those that it is told of', () => {
    fc.assert(
      fc.property(anySample, fc.integer(), (sample, seed) => {
        const { result, history } = run(sample, seed);
        const prediction = predictionOn(result['image']!);
        const places = steps.invert!(prediction, history);
        const back = invertSample(steps, { image: result['image']!, lungs: prediction }, history, { valuesOf: ['image'] }); // prettier-ignore
        expect(back['lungs']).toEqual(places);
        expectBack(back['image']!, sample.image, 0.05);
        expect(invertSample(steps, { lungs: prediction }, history, { valuesOf: [] })['lungs']).toEqual(
          places,
        );
      }),
      { numRuns: 10 },
    );
  });
});

describe('the inverse of a composition, for what is said of its result', () => {
  /** The same recipe without anything that changes values. */
  const places = (history: History): readonly (readonly [Transform, Json])[] => {
    const [oriented, , , padded, , , one, inner] = history;
    const { choice, params } = one!.params as { choice: number; params: Json };
    const [, flipped] = inner!.params as unknown as History;
    return [
      [orientation({ axcodes: 'RAS' }), oriented!.params],
      [padToSize({ size: [11, 11, 11], fill: -3000 }), padded!.params],
      ...(choice === 0 ? [[flip({ axes: [1] }), params] as const] : []),
      [randomFlip({ probability: 0.5 }), flipped!.params],
    ];
  };

  test.each([
    ['probabilities without a name', undefined],
    ['probabilities by a name of their own', 'lungs'],
    ['probabilities by the name of the image', 'image'],
  ])('moves %s, and leaves their values', (_name, key) => {
    fc.assert(
      fc.property(anySample, fc.integer(), (sample, seed) => {
        const { result, history } = run(sample, seed);
        const prediction = predictionOn(result['image']!);
        const expected = places(history).reduceRight<Volume>(
          (volume, [transform, params]) => transform.invert!(volume, params),
          prediction,
        );
        expect(steps.invert!(prediction, history, key)).toEqual(expected);
        const mask: Volume = { ...prediction, data: prediction.data.map(Math.round), kind: 'label' };
        const back = steps.invert!(mask, history, key);
        expect(sameGrid(back.geometry, sample.label.geometry)).toBe(true);
        expect(back.data.every((value) => value === 0 || value === 1)).toBe(true);
      }),
      { numRuns: 10 },
    );
  });

  test('passes over values that were changed sometimes, on some volumes, or as one of several', () => {
    const image = fc.sample(anyImage, 1)[0]!;
    const shift = shiftIntensity({ offset: 30 });
    for (const step of [
      withProbability(1, shift),
      onKeys(['image'], shift),
      oneOf([shift]),
      compose([compose([shift])]),
      withProbability(1, oneOf([onKeys(['image'], shift)])),
    ]) {
      const all = compose([step, crop({ start: [0, 0, 0], size: [9, 9, 9] })]);
      const { sample, params } = transformSample(all, { image }, new Rng(1));
      const back = all.invert!(sample['image']!, params, 'image');
      expect([...back.data]).toEqual([...image.data].map((value) => value + 30));
      expect([...invertSample(all, sample, params)['image']!.data]).toEqual([...image.data]);
    }
  });
});
