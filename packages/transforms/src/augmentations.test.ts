import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, Rng, type Volume } from '@lungseg/core';
import {
  adjustContrast,
  adjustGamma,
  cutOut,
  gaussianBlur,
  normalizeIntensity,
  sharpen,
  simulateFieldOfView,
  simulateInflation,
  simulateLowDose,
  simulateLowResolution,
  transformVolume,
} from './index.js';
import { largestDifference } from './testing/reference.js';

const line = (...values: number[]) =>
  createVolume(Float32Array.from(values), createGeometry({ size: [values.length, 1, 1] }));
const noisy = (size: [number, number, number], seed = 1): Volume => {
  const rng = new Rng(seed);
  const data = new Float32Array(size[0] * size[1] * size[2]).map(() => rng.uniform(-1000, 400));
  return createVolume(data, createGeometry({ size, spacing: [0.8, 0.8, 5] }));
};
const label = createVolume(Uint8Array.of(0, 1, 2), createGeometry({ size: [3, 1, 1] }), 'label');
const deviation = (values: ArrayLike<number>): number => {
  const list = Array.from(values);
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  return Math.sqrt(list.reduce((sum, v) => sum + (v - mean) ** 2, 0) / list.length);
};

test.each([
  normalizeIntensity({ mean: 1, standardDeviation: 2 }),
  adjustGamma({ logGamma: 0.4 }),
  adjustContrast({ factor: 1.5 }),
  sharpen({ sigma: 1, amount: 1 }),
  cutOut({ count: 3, size: [2, 1, 1], fill: 7 }),
  simulateInflation({ density: 0.5 }),
  simulateLowDose({ dose: 0.1 }),
  simulateLowResolution({ factor: 2 }),
])('$name leaves labels, the grid and its input alone, and replays exactly from JSON', (transform) => {
  const volume = noisy([6, 5, 4]);
  const copy = volume.data.slice();
  const drawn = transform.sampleParams(new Rng(3), { volume });
  const params = JSON.parse(JSON.stringify(drawn)) as never;
  const first = transform.apply(volume, params);
  expect(transform.apply(volume, params)).toEqual(first);
  expect(first.data).not.toEqual(volume.data);
  expect(first.geometry).toEqual(volume.geometry);
  expect(volume.data).toEqual(copy);
  expect(transform.apply(label, params)).toBe(label);
});

describe('normalizeIntensity', () => {
  test('brings what it measures to mean 0 and deviation 1', () => {
    const { data } = transformVolume(normalizeIntensity(), noisy([9, 8, 7]));
    expect([...data].reduce((a, b) => a + b, 0) / data.length).toBeCloseTo(0, 5);
    expect(deviation(data)).toBeCloseTo(1, 5);
  });

  test('counts only what is over a level, by hand; a flat volume becomes 0', () => {
    const result = transformVolume(normalizeIntensity({ above: -950 }), line(-1000, 1, 3, -1000));
    expect([...result.data]).toEqual([-1002, -1, 1, -1002]);
    expect([...transformVolume(normalizeIntensity(), line(4, 4, 4)).data]).toEqual([0, 0, 0]);
    expect(() => normalizeIntensity({ standardDeviation: 0 })).toThrow(/must be positive. Received: 0./);
  });
});

describe('adjustGamma', () => {
  test('of zero is the identity', () => {
    const volume = noisy([5, 5, 5]);
    expect(transformVolume(adjustGamma({ logGamma: 0 }), volume).data).toEqual(volume.data);
  });

  test('agrees with the power of MONAI AdjustContrast within 1e-4 of the range, and keeps the ends', () => {
    const volume = noisy([30, 30, 8]);
    const [low, high] = [Math.min(...volume.data), Math.max(...volume.data)];
    for (const logGamma of [-0.7, -0.2, 0.3, 0.8]) {
      const { data } = transformVolume(adjustGamma({ logGamma }), volume);
      const expected = volume.data.map(
        (v) => ((v - low) / (high - low)) ** Math.exp(logGamma) * (high - low) + low,
      );
      expect(largestDifference(data, expected) / (high - low)).toBeLessThan(1e-4);
    }
    expect([...transformVolume(adjustGamma({ logGamma: Math.LN2 }), line(0, 2, 4)).data]).toEqual([0, 1, 4]);
    expect(() => adjustGamma({ logGamma: [1, 0] })).toThrow(/the smaller first. Received: 1,0./);
  });
});

describe('adjustContrast', () => {
  test('stretches about the mean, by hand, and keeps mean and range', () => {
    const free = transformVolume(adjustContrast({ factor: 2, keepRange: false }), line(1, 2, 3, 6));
    expect([...free.data]).toEqual([-1, 1, 3, 9]);
    expect([...transformVolume(adjustContrast({ factor: 2 }), line(1, 2, 3, 6)).data]).toEqual([1, 1, 3, 6]);
    expect([...transformVolume(adjustContrast({ factor: 1 }), line(1, 2, 3, 6)).data]).toEqual([1, 2, 3, 6]);
    expect(() => adjustContrast({ factor: 0 })).toThrow(/over 0.*Received: 0./);
  });
});

describe('sharpen', () => {
  test('adds what blurring takes away', () => {
    const volume = noisy([9, 9, 3]);
    const blurred = transformVolume(gaussianBlur({ sigma: 1 }), volume).data;
    const expected = volume.data.map((v, n) => v + 0.5 * (v - blurred[n]!));
    const result = transformVolume(sharpen({ sigma: 1, amount: 0.5 }), volume);
    expect(largestDifference(result.data, expected)).toBeLessThan(1e-3);
    expect(transformVolume(sharpen({ sigma: 1, amount: 0 }), volume).data).toEqual(volume.data);
  });
});

describe('cutOut', () => {
  test('fills boxes of the size within its bounds, inside the volume', () => {
    const transform = cutOut({ count: [1, 3], size: [5, 4, 3], minimumSize: [2, 2, 1], fill: -1024 });
    const volume = noisy([12, 10, 8]);
    for (let seed = 0; seed < 50; seed++) {
      const params = transform.sampleParams(new Rng(seed), { volume });
      expect(params.boxes.length).toBeGreaterThanOrEqual(1);
      expect(params.boxes.length).toBeLessThanOrEqual(3);
      const result = transform.apply(volume, params);
      result.data.forEach((value, n) => {
        const at = [n % 12, Math.floor(n / 12) % 10, Math.floor(n / 120)];
        const isCut = params.boxes.some(({ start, size }) =>
          at.every((v, axis) => v >= start[axis]! && v < start[axis]! + size[axis]!),
        );
        if (value !== (isCut ? -1024 : volume.data[n])) throw new Error(`voxel ${n} of seed ${seed}`);
      });
    }
    expect(() => cutOut({ count: -1, size: [1, 1, 1] })).toThrow(/count must be.*Received: -1./);
    expect(() => cutOut({ count: 1, size: [1, 1, 1], minimumSize: [2, 1, 1] })).toThrow(/not be over size/);
  });
});

describe('simulateInflation', () => {
  test('changes what has air in it by the factor, gas and tissue not, by hand', () => {
    const { data } = transformVolume(
      simulateInflation({ density: 0.4 }),
      line(-1024, -1000, -850, -700, -400, 40),
    );
    // 150 HU over gas: 0.6 of them less, times 1 - 150 / 600.
    expect([...data].map((hu) => Math.round(hu * 10) / 10)).toEqual([-1024, -1000, -917.5, -790, -400, 40]);
    expect(transformVolume(simulateInflation({ density: 1 }), line(-950, -500)).data).toEqual(Float32Array.of(-950, -500)); // prettier-ignore
  });

  test.each([0.05, 2])('keeps the order of densities at %p', (density) => {
    const rising = line(...Array.from({ length: 700 }, (_, n) => n - 1050));
    const { data } = transformVolume(simulateInflation({ density }), rising);
    data.slice(1).forEach((hu, n) => expect(hu).toBeGreaterThanOrEqual(data[n]!));
  });

  test('refuses a density of none and one that would turn the order round', () => {
    expect(() => simulateInflation({ density: 0 })).toThrow(/density must be a number over 0/);
    expect(() => simulateInflation({ density: [1, 3] })).toThrow(
      'density must not be over 2. Received: 1,3.',
    );
  });
});

describe('simulateLowDose', () => {
  /** Water 300 mm wide on the left half of the slices along j, air beside. */
  const size: [number, number, number] = [60, 60, 8];
  const slab = createVolume(
    new Float32Array(60 * 60 * 8).map((_, n) => (Math.floor(n / 60) % 60 < 30 ? 0 : -1000)),
    createGeometry({ size, spacing: [5, 0.1, 5] }),
  );

  test('adds the variance that the lost dose had, on average', () => {
    const { data } = transformVolume(simulateLowDose({ dose: 0.2, fullDoseNoiseHu: 10 }), slab);
    const added = data.map((value, n) => value - slab.data[n]!);
    expect(deviation(added)).toBeGreaterThan(19);
    expect(deviation(added)).toBeLessThan(21);
    expect(transformVolume(simulateLowDose({ dose: 1 }), slab).data).toEqual(slab.data);
  });

  test('adds more where rays pass through more of the body: by the exponential of its attenuation', () => {
    const { data } = transformVolume(simulateLowDose({ dose: 0.1 }), slab);
    const added = (isWater: boolean): number =>
      deviation([...data].map((value, n) => value - slab.data[n]!).filter((_, n) => Math.floor(n / 60) % 60 < 30 === isWater)); // prettier-ignore
    // Rays along i see 300 mm of water or none; those along j 3 mm everywhere.
    const variance = (mm: number): number => (Math.exp(0.0193 * mm) + Math.exp(0.0193 * 3)) / 2;
    expect(added(true) / added(false)).toBeGreaterThan(0.93 * Math.sqrt(variance(300) / variance(0)));
    expect(added(true) / added(false)).toBeLessThan(1.07 * Math.sqrt(variance(300) / variance(0)));
  });

  test('refuses a dose of nothing and one over the full', () => {
    expect(() => simulateLowDose({ dose: 0 })).toThrow(/dose must be a number over 0/);
    expect(() => simulateLowDose({ dose: [0.5, 2] })).toThrow('dose must not be over 1. Received: 0.5,2.');
  });
});

describe('simulateLowResolution', () => {
  test('keeps a ramp inside and a flat volume, and smooths noise the more the coarser', () => {
    const ramp = createVolume(Float32Array.from({ length: 24 }, (_, n) => n), createGeometry({ size: [24, 1, 1] })); // prettier-ignore
    const result = transformVolume(simulateLowResolution({ factor: [3, 1, 1] }), ramp).data;
    for (let n = 6; n < 18; n++) expect(result[n]).toBeCloseTo(n, 4);
    const flat = transformVolume(simulateLowResolution({ factor: 2 }), line(5, 5, 5, 5)).data;
    for (const value of flat) expect(value).toBeCloseTo(5, 5);
    const volume = noisy([24, 24, 12]);
    const roughness = [1, 2, 4].map((factor) =>
      deviation(transformVolume(simulateLowResolution({ factor }), volume).data),
    );
    expect(roughness[1]).toBeLessThan(0.7 * roughness[0]!);
    expect(roughness[2]).toBeLessThan(0.7 * roughness[1]!);
    expect(() => simulateLowResolution({ factor: 0.5 })).toThrow('factor must be 1 or more. Received: 0.5.');
  });
});

describe('simulateFieldOfView', () => {
  const size = [10, 8, 6] as const;
  const image = noisy([...size]);
  const lungs = createVolume(new Uint8Array(480).fill(1), image.geometry, 'label');

  test('keeps a box of the share that was asked for, of image and label alike, and makes the rest air', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const transform = simulateFieldOfView({ share: [0.5, [0.25, 1], 1], fill: -1024 });
      const params = transform.sampleParams(new Rng(seed), { image, lungs });
      const [cut, kept] = [transform.apply(image, params).data, transform.apply(lungs, params).data];
      expect(params.size[0]).toBe(5);
      expect(params.size[1]).toBeGreaterThanOrEqual(2);
      expect(params.size[2]).toBe(6);
      expect(Array.from(kept).reduce((sum, n) => sum + n, 0)).toBe(params.size.reduce((a, b) => a * b));
      cut.forEach((hu, n) => expect(hu).toBe(kept[n] === 1 ? image.data[n] : -1024));
      seen.add(params.start.join());
    }
    expect(seen.size).toBeGreaterThan(10);
  });

  test('goes on with the nearest voxels of the box, of image and label alike, where that is asked for', () => {
    const transform = simulateFieldOfView({ share: [0.5, 0.5, 0.5], fill: 'clamp' });
    const params = transform.sampleParams(new Rng(3), { image });
    const nearest = (n: number): number => {
      const at = [n % 10, Math.floor(n / 10) % 8, Math.floor(n / 80)];
      const [x, y, z] = at.map((v, axis) =>
        Math.min(Math.max(v, params.start[axis]!), params.start[axis]! + params.size[axis]! - 1),
      ) as [number, number, number];
      return (z * 8 + y) * 10 + x;
    };
    const numbered = createVolume(
      Int16Array.from({ length: 480 }, (_, n) => n),
      image.geometry,
      'label',
    );
    transform.apply(image, params).data.forEach((hu, n) => expect(hu).toBe(image.data[nearest(n)]));
    transform.apply(numbered, params).data.forEach((value, n) => expect(value).toBe(nearest(n)));
  });

  test('refuses a share of nothing, of more than all, and a volume of another size', () => {
    expect(() => simulateFieldOfView({ share: 0 })).toThrow(/share must be a number over 0/);
    expect(() => simulateFieldOfView({ share: [0.5, 1.5] })).toThrow(
      'share must not be over 1. Received: 0.5,1.5.',
    );
    const transform = simulateFieldOfView({ share: 1 });
    const params = transform.sampleParams(new Rng(0), { image });
    expect(transform.apply(image, params).data).toEqual(image.data);
    expect(() => transform.apply(label, params)).toThrow();
  });
});
