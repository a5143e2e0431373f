import { expect } from '@jest/globals';
import { createVolume, Rng, sameGrid, voxelCount } from '@lungseg/core';
import type { Json, Sample, Transform, Vec3, Volume, VoxelArray } from '@lungseg/core';
import {
  compose,
  invertSample,
  replaySample,
  transformSample,
  type MutablePlace,
  type SpatialTransform,
  type Transformed,
} from '@lungseg/transforms';
import {
  anySample,
  forEachLandmark,
  isInside,
  landmarks,
  voxelsApart,
  voxelsAround,
} from './transform-samples.js';

/** What the checks need to know of a transform. */
export interface TransformUnderTest {
  readonly transform: Transform;
  /** Makes the transform of the options that it carries; left out for those that take transforms. */
  readonly make?: (options: never) => Transform;
  /**
   * - `places`: voxels move, all volumes alike, and values between them are interpolated linearly.
   * - `values`: intensities change, each in its place; label maps stay as they are.
   * - `labels`: label maps change, each voxel in its place; intensities stay as they are.
   * - `both`: places and values.
   */
  readonly changes: 'places' | 'values' | 'labels' | 'both';
  /** Whether there is an inverse. */
  readonly hasInverse: boolean;
}

/** What must hold of a transform; the check throws where it doesn't. */
export interface TransformCheck {
  readonly title: string;
  readonly check: () => void;
}

const SEEDS = [0, 1, 2, 3];
/** How much of the range of intensities, 1400 HU, their inverse may be off. */
const VALUE_TOLERANCE = 1400 * 1e-4;
/** What is moved about in the patient is looked for so far from the edges. */
const MOVED_MARGIN_MM = 9;

/** The checks that fit a transform. */
export function transformChecks(subject: TransformUnderTest): readonly TransformCheck[] {
  const { make, changes, hasInverse } = subject;
  const checks: readonly (readonly [string, boolean, (subject: TransformUnderTest) => void])[] = [
    ['has options and parameters of plain JSON, and replays them exactly', true, checkReplay],
    ['can be made of the options that it carries, and keeps them', make !== undefined, checkMaking],
    ['changes neither the sample nor the parameters', true, checkInputs],
    ['keeps labels labels, of their type and values', true, checkLabels],
    [
      'shows each landmark where it lies in the patient, within 0.01 voxel',
      changes === 'places',
      checkPlaces,
    ],
    ['keeps the grid, and all but what it is to change', isStaying(changes), checkStaying],
    ['comes back to the grid before, and to the landmarks in view', hasInverse && changes === 'places', checkPlacesBack], // prettier-ignore
    ['brings values back, and says that it does', hasInverse && changes === 'values', checkValuesBack],
    ['brings label maps back', hasInverse && changes === 'labels', checkLabelsBack],
    ['has no inverse, and is passed over', !hasInverse, checkPassedOver],
    ['leaves the values of a prediction alone, inverted in a composition', true, checkPrediction],
  ];
  return checks
    .filter(([, applies]) => applies)
    .map(([title, , check]) => ({ title, check: () => check(subject) }));
}

const isStaying = (changes: TransformUnderTest['changes']): boolean =>
  changes === 'values' || changes === 'labels';

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const run = (transform: Transform, sample: Sample, seed: number): Transformed =>
  transformSample(transform, sample, new Rng(seed));

function checkReplay({ transform }: TransformUnderTest): void {
  expect(throughJson(transform.options)).toEqual(transform.options);
  for (const seed of SEEDS) {
    const sample = anySample(seed);
    const { sample: result, params } = run(transform, sample, seed);
    expectSame(run(transform, sample, seed).sample, result);
    expect(throughJson(transform.sampleParams(new Rng(seed), sample))).toEqual(throughJson(params));
    expectSame(replaySample(transform, sample, throughJson(params)), result);
    const { params: history } = run(compose([transform]), sample, seed);
    expect(history).toEqual([{ name: transform.name, options: transform.options, params }]);
  }
}

function checkMaking({ transform, make }: TransformUnderTest): void {
  const given = throughJson(transform.options) as Record<string, unknown>;
  const again = make!(given as never);
  for (const value of Object.values(given)) if (Array.isArray(value)) value.length = 0;
  expect(again.options).toEqual(transform.options);
  const sample = anySample(0);
  expectSame(run(again, sample, 3).sample, run(transform, sample, 3).sample);
}

function checkInputs({ transform }: TransformUnderTest): void {
  for (const seed of SEEDS) {
    const sample = anySample(seed);
    const params = deepFreeze(throughJson(run(transform, sample, seed).params));
    const result = replaySample(transform, sample, params);
    const copies = Object.entries(result).map(([key, { data }]) => [key, data.slice()] as const);
    invertSample(transform, result, params);
    expectSame(sample, anySample(seed));
    for (const [key, copy] of copies) expect(firstDifference(result[key]!.data, copy)).toBeUndefined();
  }
}

function checkLabels({ transform }: TransformUnderTest): void {
  for (const seed of SEEDS) {
    const { sample: result, params } = run(transform, anySample(seed), seed);
    const after = Object.entries({ ...result, ...invertSample(transform, result, params) });
    const maps = after.filter(([key]) => key.startsWith('label'));
    expect(maps.length).toBeGreaterThan(0);
    for (const [, { kind, data }] of maps) {
      expect(kind).toBe('label');
      expect(data).toBeInstanceOf(Uint8Array);
      expect([...new Set(data)].filter((value) => ![0, 1, 2].includes(value))).toEqual([]);
    }
  }
}

function checkPlaces({ transform }: TransformUnderTest): void {
  let looks = 0;
  for (const seed of SEEDS) {
    const sample = withLandmarks(seed);
    const { geometry } = sample['label']!;
    const { sample: result, params } = run(transform, sample, seed);
    const displacement = displacementOf(transform, sample['label']!, params);
    forEachLandmark(result, (place, shown) => {
      const source: MutablePlace = [...place];
      displacement?.move(source);
      if (!isInside(geometry, source)) return;
      looks++;
      if (!(voxelsApart(geometry, source, shown) < 0.01)) throw misplaced(seed, source, shown);
    });
  }
  expect(looks).toBeGreaterThan(100);
}

function checkStaying({ transform, changes }: TransformUnderTest): void {
  for (const seed of SEEDS) {
    const sample = anySample(seed);
    const { sample: result } = run(transform, sample, seed);
    for (const volume of Object.values(result)) {
      expect(sameGrid(volume.geometry, sample['label']!.geometry, 1e-9)).toBe(true);
    }
    const kept = changes === 'values' ? 'label' : 'image';
    expectSame({ kept: result[kept]! }, { kept: sample[kept]! });
  }
}

function checkPlacesBack({ transform }: TransformUnderTest): void {
  let looks = 0;
  for (const seed of SEEDS) {
    const sample = withLandmarks(seed);
    const { geometry } = sample['label']!;
    const { sample: between, params } = run(transform, sample, seed);
    const back = invertSample(transform, between, throughJson(params));
    for (const volume of Object.values(back)) expect(sameGrid(volume.geometry, geometry)).toBe(true);
    const isMoved = displacementOf(transform, sample['label']!, params) !== undefined;
    const seen = between['image']!.geometry;
    const isInView = (place: Vec3): boolean => {
      if (isMoved) return [seen, geometry].every((grid) => isInside(grid, place, MOVED_MARGIN_MM));
      const around = voxelsAround(seen, place);
      return around.length === 8 && around.every((voxel) => isInside(geometry, voxel));
    };
    forEachLandmark(back, (place, shown) => {
      if (!isInView(place)) return;
      looks++;
      // What was moved about lies on bent lines, between whose voxels straight ones are drawn.
      if (!(voxelsApart(geometry, place, shown) < (isMoved ? 0.15 : 0.01)))
        throw misplaced(seed, place, shown);
    });
  }
  expect(looks).toBeGreaterThan(0);
}

function checkValuesBack({ transform }: TransformUnderTest): void {
  expect(transform.inverts).toBe('values');
  for (const seed of SEEDS) {
    const { image } = anySample(seed);
    const { sample: between, params } = run(transform, anySample(seed), seed);
    const back = invertSample(transform, between, throughJson(params))['image']!;
    const errors = Float64Array.from(back.data, (value, n) => Math.abs(value - image!.data[n]!));
    expect(Math.max(...errors)).toBeLessThan(VALUE_TOLERANCE);
  }
}

function checkLabelsBack({ transform }: TransformUnderTest): void {
  for (const seed of SEEDS) {
    const sample = anySample(seed);
    const { sample: between, params } = run(transform, sample, seed);
    expectSame(invertSample(transform, between, throughJson(params)), sample);
  }
}

function checkPassedOver({ transform }: TransformUnderTest): void {
  const { sample: result, params } = run(transform, anySample(1), 1);
  expectSame(invertSample(transform, result, params), result);
}

function checkPrediction({ transform, changes }: TransformUnderTest): void {
  for (const seed of SEEDS) {
    const step = compose([transform]);
    const { sample: result, params } = transformSample(step, anySample(seed), new Rng(seed));
    const { geometry } = Object.values(result)[0]!;
    for (const probability of [0.25, 0.75]) {
      const prediction = new Float32Array(voxelCount(geometry)).fill(probability);
      const { data } = step.invert!(createVolume(prediction, geometry), params, 'image');
      let kept = 0;
      for (const value of data) if (Math.abs(value - probability) < 1e-6) kept++;
      // Where voxels were cut away, something is filled in.
      expect(kept).toBeGreaterThan(0);
      if (isStaying(changes)) expect(kept).toBe(data.length);
    }
  }
}

const withLandmarks = (seed: number): Sample => {
  const { label } = anySample(seed);
  return { ...landmarks(label!), label: label! };
};

const misplaced = (seed: number, place: Vec3, shown: Vec3): Error =>
  new Error(
    `Of seed ${seed}, ${place.join(', ')} mm must show what lies there. Received what lies at ${shown.join(', ')}.`,
  );

/** How a transform moves contents about in the patient, for those that do. */
function displacementOf(
  transform: Transform,
  { geometry }: Volume,
  params: Json,
): ReturnType<NonNullable<SpatialTransform['displacement']>> {
  return (transform as Partial<SpatialTransform>).displacement?.(geometry, params);
}

/** Expects the same volumes in the same order: voxel by voxel, on the same grids. */
function expectSame(actual: Sample, expected: Sample): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [key, volume] of Object.entries(expected)) {
    expect(firstDifference(actual[key]!.data, volume.data)).toBeUndefined();
    expect(actual[key]!.kind).toBe(volume.kind);
    expect(sameGrid(actual[key]!.geometry, volume.geometry, 1e-9)).toBe(true);
  }
}

/** Where two arrays part, in words; jest's own comparison takes many times as long over voxels. */
function firstDifference(actual: VoxelArray, expected: VoxelArray): string | undefined {
  if (actual.constructor !== expected.constructor || actual.length !== expected.length) {
    return `expected ${expected.length} of ${expected.constructor.name}, received ${actual.length} of ${actual.constructor.name}`;
  }
  for (let n = 0; n < expected.length; n++) {
    if (!Object.is(actual[n], expected[n])) {
      return `voxel ${n}: expected ${expected[n]!}, received ${actual[n]!}`;
    }
  }
  return undefined;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}
