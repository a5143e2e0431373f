import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, Rng, type Vec3 } from '@lungseg/core';
import {
  claraCovid19LungInference,
  claraCovid19LungTraining,
  compose,
  crop,
  cutOut,
  elastic,
  flip,
  onKeys,
  oneOf,
  orientation,
  padToSize,
  randomCropByLabel,
  randomFlip,
  randomRotate,
  randomZoom,
  replaySample,
  rotate,
  shiftIntensity,
  spatial,
  transformSample,
  withProbability,
  zoom,
} from './index.js';
import { largestDifference } from './testing/reference.js';

const geometry = createGeometry({ size: [24, 20, 10], spacing: [1, 1.2, 3], origin: [-12, 4, 9] });
const rng = new Rng(5);
const image = createVolume(
  new Int16Array(24 * 20 * 10).map(() => rng.integer(-1000, 200)),
  geometry,
);
const label = createVolume(
  new Uint8Array(24 * 20 * 10).map((_, n) => (n % 24 < 8 ? 1 : 0)),
  geometry,
  'label',
);

describe('spatial', () => {
  test('copies voxels in their type where a chain only crops, pads, flips and permutes', () => {
    const steps = [
      padToSize({ size: [24, 20, 14] }),
      orientation({ axcodes: 'RAS' }),
      crop({ start: [-2, 3, 1], size: [16, 12, 8] }),
      flip({ axes: [0, 2] }),
    ];
    const one = transformSample(spatial(steps, { border: 0 }), { image, label }, new Rng(1));
    const each = transformSample(compose(steps), { image, label }, new Rng(1));
    for (const key of ['image', 'label']) {
      expect(one.sample[key]!.data).toEqual(each.sample[key]!.data);
      expect(one.sample[key]!.data.constructor).toBe(each.sample[key]!.data.constructor);
      expect(one.sample[key]!.geometry.size).toEqual(each.sample[key]!.geometry.size);
    }
    expect(one.params.steps).toEqual(each.params);
  });

  test('resamples once: to there and back is the volume itself, where step by step it is blurred', () => {
    const there = [rotate({ degrees: [0, 0, 30] }), rotate({ degrees: [0, 0, -30] })];
    const one = transformSample(spatial(there), { image }, new Rng(1)).sample['image']!;
    const each = transformSample(compose(there), { image }, new Rng(1)).sample['image']!;
    expect(largestDifference(one.data, image.data)).toBe(0);
    expect(largestDifference(each.data, image.data)).toBeGreaterThan(100);
  });

  test('shows the own voxels of the volume in the corners of a crop that is turned', () => {
    const fill = -5000;
    const steps = [
      crop({ start: [8, 6, 2], size: [8, 8, 4] }),
      rotate({ degrees: [0, 0, 45], border: fill }),
    ];
    const one = transformSample(spatial(steps, { border: fill }), { image }, new Rng(1)).sample['image']!;
    const each = transformSample(compose(steps), { image }, new Rng(1)).sample['image']!;
    expect(Math.min(...one.data)).toBeGreaterThan(-1001);
    expect(Math.min(...each.data)).toBe(fill);
  });

  test('lets a step look at the voxels that the steps before give', () => {
    const padded = padToSize({ size: [60, 60, 10] });
    const steps = [padded, randomCropByLabel({ size: [5, 5, 5], foregroundProbability: 1 })];
    for (let seed = 0; seed < 20; seed++) {
      const { sample } = transformSample(spatial(steps, { border: 0 }), { image, label }, new Rng(seed));
      expect(sample['label']!.data.includes(1)).toBe(true);
    }
  });

  test('takes chance and nested chains as steps, replays from JSON and inverts by one resampling', () => {
    const chain = () =>
      spatial(
        [
          randomCropByLabel({ size: [12, 12, 6], foregroundProbability: 0.5 }),
          withProbability(0.5, randomRotate({ degrees: [0, 0, 20] })),
          oneOf([flip({ axes: [0] }), zoom({ zoom: [1.1, 1.1, 1] })]),
          spatial([randomFlip({ probability: 0.5 }), elastic({ displacement: 2, controlSpacing: 20 })]),
          randomZoom({ zoom: [0.9, 1.1] }),
        ],
        { border: 0 },
      );
    const drawn = new Set<string>();
    for (let seed = 0; seed < 10; seed++) {
      const { sample, params } = transformSample(chain(), { image, label }, new Rng(seed));
      const history = JSON.parse(JSON.stringify(params)) as typeof params;
      expect(replaySample(chain(), { image, label }, history)).toEqual(sample);
      const back = chain().invert!(sample['label']!, history);
      expect(back.geometry).toEqual(geometry);
      expect([...new Set(back.data)].every((value) => value === 0 || value === 1)).toBe(true);
      drawn.add(JSON.stringify(history.steps.map(({ params: p }) => p)));
    }
    expect(drawn.size).toBe(10);
  });

  test('refuses a volume on another grid, and the history of other steps', () => {
    const turned = spatial([rotate({ degrees: [0, 0, 5] })]);
    const { params } = transformSample(turned, { image }, new Rng(0));
    const other = createVolume(new Int16Array(8), createGeometry({ size: [2, 2, 2] }));
    expect(() => turned.apply(other, params)).toThrow(/drawn for a grid of 24 x 20 x 10.*one of 2 x 2 x 2/);
    expect(() => spatial([flip({ axes: [0] })]).apply(image, params)).toThrow(/Received: rotate/);
  });
});

describe('onKeys', () => {
  test('acts on its keys alone, in compositions, replays and inverses, too', () => {
    const steps = compose([
      onKeys(['image'], cutOut({ count: 2, size: [4, 4, 2], fill: 9 })),
      onKeys(['other'], flip({ axes: [0] })),
      onKeys(['image'], shiftIntensity({ offset: 1 })),
    ]);
    const sample = { image, other: image, label };
    const result = transformSample(steps, sample, new Rng(2));
    expect(result.sample['label']).toBe(label);
    expect(result.sample['image']!.geometry).toEqual(geometry);
    expect(result.sample['other']!.data).toEqual(flip({ axes: [0] }).apply(image, { flips: [true, false, false] }).data); // prettier-ignore
    expect(replaySample(steps, sample, result.params)).toEqual(result.sample);
    expect(steps.invert!(result.sample['other']!, result.params, 'other').data).toEqual(image.data);
    expect(steps.invert!(result.sample['image']!, result.params, 'image')).toEqual(result.sample['image']);
  });

  test('refuses a key that the sample lacks', () => {
    const transform = onKeys(['mask'], shiftIntensity({ offset: 1 }));
    expect(() => transformSample(transform, { image }, new Rng(0))).toThrow(
      'The sample must have a volume mask. Received: image.',
    );
    expect(() => onKeys([], shiftIntensity({ offset: 1 }))).toThrow(/at least one key/);
  });
});

describe('the Clara recipe', () => {
  const size: Vec3 = [16, 16, 4];
  test('prepares to 0.8 x 0.8 x 5 mm in [0, 1] from R, A, S, and crops, turns, flips and shifts', () => {
    const { prepare, augment } = claraCovid19LungTraining({ size });
    const prepared = transformSample(prepare, { image, label }, new Rng(0)).sample;
    expect(prepared['image']!.geometry.spacing).toEqual([0.8, 0.8, 5]);
    expect(Math.min(...prepared['image']!.data)).toBeGreaterThanOrEqual(0.25);
    expect(Math.max(...prepared['image']!.data)).toBeLessThanOrEqual(0.85);
    const { sample, params } = transformSample(augment, prepared, new Rng(3));
    expect(sample['image']!.geometry.size).toEqual(size);
    expect(sample['label']!.geometry).toEqual(sample['image']!.geometry);
    expect(params.map(({ name }) => name)).toEqual(['spatial', 'randomShiftIntensity']);
    expect(replaySample(augment, prepared, params)).toEqual(sample);
  });

  test('brings a mask back to the grid of the CT', () => {
    const before = claraCovid19LungInference();
    const { sample, params } = transformSample(before, { image, label }, new Rng(0));
    expect(before.invert!(sample['label']!, params).geometry).toEqual(geometry);
  });
});
