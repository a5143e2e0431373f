import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createGeometry,
  createVolume,
  indexToWorld,
  InvalidArgumentError,
  Rng,
  sameGrid,
  worldToIndex,
} from '@lungseg/core';
import type { Transform, Vec3, Volume } from '@lungseg/core';
import {
  affine,
  crop,
  cropToForeground,
  cropToSize,
  cutOut,
  padToMultiple,
  padToSize,
  randomCrop,
  randomCropByLabel,
  resampleToGrid,
  rotate,
  spatial,
  transformSample,
  transformVolume,
  type Fill,
  type RegionParams,
  type SpatialTransform,
} from './index.js';
import { anyIndex, anyVolume, indexOf } from './testing/arbitraries.js';

const FILL = -1024;

/** Every voxel is what was at its place before, or the filling. */
function expectSameAtPlace(before: Volume, after: Volume): void {
  const { size } = before.geometry;
  const expected = after.data.map((_, n) => {
    const world = indexToWorld(after.geometry, indexOf(n, after.geometry.size));
    const at = worldToIndex(before.geometry, world).map(Math.round) as [number, number, number];
    const isInside = at.every((v, axis) => v >= 0 && v < size[axis]!);
    const outside = before.kind === 'label' ? 0 : FILL;
    return isInside ? before.data[(at[2] * size[1] + at[1]) * size[0] + at[0]]! : outside;
  });
  expect(after.data).toEqual(expected);
}

function expectInverse(transform: Transform<RegionParams>, volume: Volume, params: RegionParams): void {
  const cropped = transform.apply(volume, params);
  const back = transform.invert!(cropped, params);
  expect(sameGrid(back.geometry, volume.geometry, 1e-6)).toBe(true);
  expectSameAtPlace(cropped, back);
}

const kinds: readonly (readonly [string, (size: Vec3, fill: Fill) => SpatialTransform<RegionParams>])[] = [
  ['crop', (size, fill) => crop({ start: [1, -2, 3], size, fill })],
  ['cropToSize', (size, fill) => cropToSize({ size, fill })],
  ['padToSize', (size, fill) => padToSize({ size, fill })],
  ['padToMultiple', (size, fill) => padToMultiple({ multiple: size, fill })],
  ['padToMultiple with a margin', (size, fill) => padToMultiple({ multiple: size, margin: [2, 0, 3], fill })],
  ['randomCrop', (size, fill) => randomCrop({ size, fill })],
  [
    'randomCropByLabel',
    (size, fill) => randomCropByLabel({ size, foregroundProbability: 0.7, key: 'volume', fill }),
  ],
  ['cropToForeground', (size, fill) => cropToForeground({ above: 1, margin: size, fill })],
];

describe.each(kinds)('%s', (_name, make) => {
  test('keeps every voxel at its place in the patient, and its inverse restores the grid', () => {
    fc.assert(
      fc.property(anyVolume, anyIndex(1, 6), fc.integer(), (volume, size, seed) => {
        const transform = make(size, FILL);
        const params = transform.sampleParams(new Rng(seed), { volume });
        const before = volume.data.slice();
        const result = transform.apply(volume, params);
        expectSameAtPlace(volume, result);
        expectInverse(transform, volume, params);
        expect(volume.data).toEqual(before);
        expect(result.data.constructor).toBe(volume.data.constructor);
      }),
      { numRuns: 40 },
    );
  });
});

test.each(kinds)(
  '%s with the fill clamp goes on with the nearest voxel, of intensities and of labels',
  (_name, make) => {
    fc.assert(
      fc.property(anyVolume, anyIndex(1, 6), fc.integer(), (volume, size, seed) => {
        const transform = make(size, 'clamp');
        const params = transform.sampleParams(new Rng(seed), { volume });
        const { from, start } = params;
        const overlaps = start.every((n, axis) => n < from[axis]! && n + params.size[axis]! > 0);
        if (!overlaps) {
          expect(() => transform.apply(volume, params)).toThrow(/must overlap the volume/);
          return;
        }
        const { data, geometry } = transform.apply(volume, params);
        const expected = data.map((_, n) => {
          const [x, y, z] = indexOf(n, geometry.size).map((at, axis) =>
            Math.min(Math.max(at + start[axis]!, 0), from[axis]! - 1),
          ) as [number, number, number];
          return volume.data[(z * from[1] + y) * from[0] + x]!;
        });
        expect(data).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  },
);

const line = (...values: number[]): Volume =>
  createVolume(Int16Array.from(values), createGeometry({ size: [values.length, 1, 1] }), 'label');

describe('padding', () => {
  test('to a multiple keeps at least the margin on each side, and refuses one that is negative', () => {
    const padded = padToMultiple({ multiple: 4, margin: [1, 0, 0], fill: 'clamp' });
    expect([...transformVolume(padded, line(1, 2, 3)).data.subarray(0, 8)]).toEqual([1, 1, 1, 2, 3, 3, 3, 3]);
    expect(() => padToMultiple({ multiple: 4, margin: -1 })).toThrow(
      'margin must be integers that are not negative. Received: -1.',
    );
  });

  test('is as much before as after, the odd voxel after, as in MONAI SpatialPad', () => {
    expect([...transformVolume(padToSize({ size: [6, 1, 1] }), line(1, 2, 3)).data]).toEqual([
      0, 1, 2, 3, 0, 0,
    ]);
    expect([...transformVolume(padToSize({ size: [2, 1, 1] }), line(1, 2, 3)).data]).toEqual([1, 2, 3]);
  });

  test('goes to the next multiple, as in MONAI DivisiblePad', () => {
    const volume = createVolume(new Uint8Array(33 * 64 * 1), createGeometry({ size: [33, 64, 1] }));
    expect(transformVolume(padToMultiple({ multiple: 32 }), volume).geometry.size).toEqual([64, 64, 32]);
  });
});

test.each([
  [[1, 2, 3, 4], 2, [2, 3]],
  [[1, 2, 3, 4, 5], 2, [2, 3]],
  [[1, 2, 3, 4], 3, [2, 3, 4]],
  [[1, 2], 3, [1, 2]],
])('cropToSize of %j to %d keeps the middle, as MONAI CenterSpatialCrop does', (values, size, expected) =>
  expect([...transformVolume(cropToSize({ size: [size, 1, 1] }), line(...values)).data]).toEqual(expected),
);

describe('randomCrop', () => {
  test('lies inside, and reaches every start', () => {
    const transform = randomCrop({ size: [3, 1, 1] });
    const rng = new Rng(5);
    const starts = Array.from({ length: 200 }, () =>
      transform.sampleParams(rng, { volume: line(1, 2, 3, 4, 5) }),
    );
    expect(new Set(starts.map(({ start }) => start[0]))).toEqual(new Set([0, 1, 2]));
  });
});

describe('randomCropByLabel', () => {
  const image = line(10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
  const label = line(0, 0, 1, 0, 0, 0, 0, 2, 2, 0);

  test('has its middle on a voxel of the label, each as often, moved to lie inside', () => {
    const rng = new Rng(1);
    const transform = randomCropByLabel({ size: [3, 1, 1], foregroundProbability: 1 });
    const counts = new Map<number, number>();
    for (let n = 0; n < 3000; n++) {
      const { sample } = transformSample(transform, { image, label }, rng);
      const middle = sample['image']!.data[1]!;
      counts.set(middle, (counts.get(middle) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([12, 17, 18]);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  test('looks for one label where it is told to', () => {
    const transform = randomCropByLabel({ size: [1, 1, 1], foregroundProbability: 1, label: 1 });
    const { sample } = transformSample(transform, { image, label }, new Rng(3));
    expect([...sample['image']!.data]).toEqual([12]);
  });

  test('lies anywhere where there is no label, or by chance', () => {
    const rng = new Rng(2);
    const transform = randomCropByLabel({ size: [1, 1, 1], foregroundProbability: 1 });
    const empty = { image, label: line(0, 0, 0, 0, 0, 0, 0, 0, 0, 0) };
    const seen = new Set(
      Array.from({ length: 200 }, () => transformSample(transform, empty, rng).params.start[0]),
    );
    expect(seen.size).toBe(10);
  });

  test('says what is wrong', () => {
    expect(() => randomCropByLabel({ size: [1, 1, 1], foregroundProbability: 2 })).toThrow('Received: 2.');
    const transform = randomCropByLabel({ size: [1, 1, 1], foregroundProbability: 1 });
    expect(() => transform.sampleParams(new Rng(0), { image })).toThrow(
      'The sample must have a volume label. Received: image.',
    );
    const params = transform.sampleParams(new Rng(0), { image, label });
    expect(() => transform.apply(line(1, 2), params)).toThrow(
      /drawn for a volume of 10 x 1 x 1. Received one of 2 x 1 x 1/,
    );
  });
});

describe('a value that the voxels can not hold', () => {
  const geometry = createGeometry({ size: [2, 2, 2] });
  const unsigned = createVolume(new Uint16Array(8).fill(100), geometry);
  const further = createGeometry({ size: [3, 2, 2] });
  const text =
    'must be a number that the voxels, a Uint16Array, can hold: 0 to 65535. Received: -1024. Give another value, or voxels of another type, for instance by toFloat32.';

  test.each<[string, string, () => unknown]>([
    ['padToSize', 'fill', () => transformVolume(padToSize({ size: [3, 2, 2], fill: FILL }), unsigned)],
    [
      'resampleToGrid',
      'border',
      () => resampleToGrid(unsigned, further, { interpolation: 'nearest', border: FILL }),
    ],
    [
      'rotate',
      'border',
      () =>
        transformVolume(rotate({ degrees: [0, 0, 30], interpolation: 'nearest', border: FILL }), unsigned),
    ],
    ['cutOut', 'fill', () => transformVolume(cutOut({ count: 1, size: [1, 1, 1], fill: FILL }), unsigned)],
  ])('is refused by %s, which names the type and its range', (_name, option, act) => {
    expect(act).toThrow(new InvalidArgumentError(`${option} ${text}`));
  });

  test('is of no interest where nothing lies outside, in labels, or where voxels become float32', () => {
    expect(transformVolume(cropToSize({ size: [1, 1, 1], fill: FILL }), unsigned).data).toHaveLength(1);
    const label = createVolume(new Uint8Array(8).fill(1), geometry, 'label');
    const padded = transformVolume(padToSize({ size: [3, 2, 2], fill: FILL }), label);
    expect([...padded.data].slice(0, 3)).toEqual([1, 1, 0]);
    const resampled = transformVolume(spatial([translateBy(1)], { border: FILL }), unsigned);
    expect(resampled.data).toBeInstanceOf(Float32Array);
    expect([...resampled.data].sort((a, b) => a - b)[0]).toBe(FILL);
    const high = transformVolume(padToSize({ size: [3, 2, 2], fill: 65535 }), unsigned);
    expect(high.data[2]).toBe(65535);
  });

  const translateBy = (mm: number) => affine({ translation: [mm, 0, 0] });
});

describe('randomCropByLabel', () => {
  test('looks at the size of a label map, not at its voxels alone', () => {
    const data = Uint8Array.from({ length: 64 }, (_, n) => (n >= 56 ? 1 : 0));
    const transform = randomCropByLabel({ size: [1, 1, 1], foregroundProbability: 1 });
    for (const size of [
      [4, 4, 4],
      [8, 4, 2],
      [2, 2, 16],
    ] as const) {
      const label = createVolume(data, createGeometry({ size }), 'label');
      for (let seed = 0; seed < 8; seed++) {
        const { start } = transform.sampleParams(new Rng(seed), { label });
        expect(data[(start[2] * size[1] + start[1]) * size[0] + start[0]]).toBe(1);
      }
    }
  });
});

describe('cropToForeground', () => {
  test.each([0.5, -1, Number.NaN, [1, 2, 0.5] as const])('refuses a margin of %p', (margin) => {
    expect(() => cropToForeground({ margin })).toThrow(
      new InvalidArgumentError(`margin must be integers that are not negative. Received: ${String(margin)}.`),
    );
  });

  test('keeps the box around the foreground, with a margin that ends at the edge', () => {
    const volume = line(0, 0, 0, 5, 0, 7, 0);
    expect([...transformVolume(cropToForeground(), volume).data]).toEqual([5, 0, 7]);
    expect([...transformVolume(cropToForeground({ margin: 2 }), volume).data]).toEqual([0, 0, 5, 0, 7, 0]);
    expect([...transformVolume(cropToForeground({ above: 6 }), volume).data]).toEqual([7]);
    expect([...transformVolume(cropToForeground({ above: 9 }), volume).data]).toEqual([...volume.data]);
  });
});

test.each([
  ['crop', () => crop({ start: [0, 0, 0], size: [1, 0, 1] })],
  ['cropToSize', () => cropToSize({ size: [0, 2, 2] })],
  ['padToSize', () => padToSize({ size: [1.5, 2, 2] })],
  ['padToMultiple', () => padToMultiple({ multiple: 0 })],
  ['randomCrop', () => randomCrop({ size: [-1, 2, 2] })],
])('%s refuses sizes that are not positive and whole', (_name, make) => {
  expect(make).toThrow(/must be three positive integers. Received/);
});
