import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGeometry, createVolume, Rng, sameGrid, type Sample, type Volume } from '@lungseg/core';
import {
  argmax,
  compose,
  flip,
  invertSample,
  oneHot,
  onKeys,
  randomFlip,
  randomRotate,
  replaySample,
  shiftIntensity,
  spacing,
  transformSample,
  type History,
} from './index.js';
import { anyVolume } from './testing/arbitraries.js';

const row = (...values: number[]): Volume =>
  createVolume(Uint8Array.from(values), createGeometry({ size: [values.length, 1, 1] }), 'label');
const image = createVolume(Int16Array.of(5, 6, 7, 8), createGeometry({ size: [4, 1, 1] }));
const run = (sample: Sample, classes = 3, key = 'label') =>
  transformSample(oneHot({ classes, key }), sample, new Rng(0)).sample;

describe('oneHot', () => {
  test('puts a mask of each class in the place of the label map, by hand', () => {
    const sample = run({ label: row(0, 2, 1, 2), image });
    expect(Object.keys(sample)).toEqual(['label_0', 'label_1', 'label_2', 'image']);
    expect(Object.values(sample).map(({ data }) => [...data])).toEqual([
      [1, 0, 0, 0],
      [0, 0, 1, 0],
      [0, 1, 0, 1],
      [5, 6, 7, 8],
    ]);
    expect(sample['label_1']!.kind).toBe('label');
    expect(Object.keys(run({ image, lobes: row(1, 1, 0, 0) }, 2, 'lobes'))).toEqual([
      'image',
      'lobes_0',
      'lobes_1',
    ]);
  });

  test('comes back by its inverse, and replays, on any grid', () => {
    fc.assert(
      fc.property(
        anyVolume.filter(({ kind }) => kind === 'label'),
        (label) => {
          const transform = oneHot({ classes: 4 });
          const { sample, params } = transformSample(transform, { label }, new Rng(0));
          expect(replaySample(transform, { label }, params)).toEqual(sample);
          const back = invertSample(transform, sample, params)['label']!;
          expect([...back.data]).toEqual([...label.data]);
          expect(back.geometry).toEqual(label.geometry);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('goes back by the largest of the probabilities that a network gives for the classes', () => {
    const of = (...values: number[]): Volume => ({ ...image, data: Float32Array.from(values) });
    const predicted = {
      label_0: of(0.5, 0.1, 0.3, 0.4),
      label_1: of(0.2, 0.6, 0.3, 0.2),
      label_2: of(0.3, 0.3, 0.4, 0.4),
    };
    const { label } = invertSample(oneHot({ classes: 3 }), predicted, null);
    expect([...label!.data]).toEqual([0, 1, 2, 0]);
    expect(label!.kind).toBe('label');
  });

  test('is a step among others: masks are turned as labels, and their composition comes back', () => {
    const geometry = createGeometry({ size: [12, 12, 6], spacing: [1, 1, 2] });
    const label = createVolume(
      Uint8Array.from({ length: 12 * 12 * 6 }, (_, n) => (n % 12 < 4 ? 0 : n % 12 < 8 ? 1 : 2)),
      geometry,
      'label',
    );
    const ct = createVolume(new Int16Array(12 * 12 * 6).fill(40), geometry);
    const steps = compose([
      spacing({ spacing: [0.5, 0.5, 1] }),
      oneHot({ classes: 3 }),
      randomFlip({ probability: 0.5 }),
      randomRotate({ degrees: [0, 0, 10] }),
      shiftIntensity({ offset: 20 }),
    ]);
    const { sample, params } = transformSample(steps, { image: ct, label }, new Rng(2));
    expect(Object.keys(sample)).toEqual(['image', 'label_0', 'label_1', 'label_2']);
    const history = JSON.parse(JSON.stringify(params)) as History;
    expect(replaySample(steps, { image: ct, label }, history)).toEqual(sample);
    const back = invertSample(steps, sample, history);
    expect(sameGrid(back['label']!.geometry, geometry)).toBe(true);
    expect(new Set(back['image']!.data)).toEqual(new Set([40]));
    const wrong = back['label']!.data.filter((value, n) => value !== label.data[n]);
    // Edges are resampled twice: a voxel along each of two edges, and turned corners.
    expect(wrong.length / label.data.length).toBeLessThan(0.2);
    // On one volume, the steps that move voxels act; a label map that comes back was put together already.
    expect(steps.apply(ct, history, 'image')).toEqual(sample['image']);
    expect(sameGrid(steps.invert!(sample['label_1']!, history).geometry, geometry)).toBe(true);
  });

  test('refuses intensities, labels that are none of the classes, and names that are taken or missing', () => {
    expect(() => run({ label: { ...row(1), kind: 'intensity' } })).toThrow(/must have a label map/);
    expect(() => run({ label: row(0, 3) })).toThrow('Labels must be whole numbers from 0 to 2. Received: 3.');
    expect(() => oneHot({ classes: 0 })).toThrow(
      'classes must be a whole number from 1 to 256. Received: 0.',
    );
    expect(() => run({ image })).toThrow('The sample must have a volume label. Received: image.');
    expect(() => run({ label: row(1), label_2: row(1) })).toThrow(/must not have a volume label_2 yet/);
    const { label_1: _, ...lacking } = run({ label: row(0, 1) });
    expect(() => invertSample(oneHot({ classes: 3 }), lacking, null)).toThrow(
      'The sample must have all of label_0, label_1, label_2, or none. Received: label_0, label_2.',
    );
    expect(invertSample(oneHot({ classes: 3 }), { image }, null)).toEqual({ image });
  });

  test('refuses a label map on its own, and to be told its volume by onKeys', () => {
    expect(() => oneHot({ classes: 2 }).apply(row(1), null)).toThrow(
      'oneHot makes several volumes of one, and must have the whole sample. Received a volume. Use transformSample or replaySample.',
    );
    expect(() => compose([flip({ axes: [0] }), oneHot({ classes: 2 })]).apply(row(1), [
      { name: 'flip', options: { axes: [0] }, params: { flips: [true, false, false] } },
      { name: 'oneHot', options: { classes: 2, key: 'label' }, params: null },
    ])).toThrow(/^oneHot: oneHot makes several/); // prettier-ignore
    const inside = onKeys(['label'], oneHot({ classes: 2 }));
    expect(() => transformSample(inside, { label: row(1) }, new Rng(0))).toThrow(
      /must have a transform that gives volumes of the same names. Received one that made label_0/,
    );
  });
});

describe('argmax', () => {
  test('refuses no volumes, and volumes on different grids', () => {
    expect(() => argmax([])).toThrow(
      'argmax must have from 1 to 256 volumes, one for each class. Received: 0.',
    );
    expect(() => argmax([row(1, 2), row(1)])).toThrow(
      /must have volumes on one grid, of 2 x 1 x 1. Received another as number 1, of 1 x 1 x 1/,
    );
  });
});
