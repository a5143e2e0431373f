import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, Rng } from '@lungseg/core';
import {
  gaussianBlur,
  gaussianNoise,
  randomScaleIntensity,
  randomShiftIntensity,
  scaleIntensity,
  scaleIntensityRange,
  shiftIntensity,
  transformVolume,
} from './index.js';

const line = (...values: number[]) =>
  createVolume(Float32Array.from(values), createGeometry({ size: [values.length, 1, 1] }));

describe('scaleIntensityRange', () => {
  test('maps one range onto another and clips, by hand', () => {
    const hu = createVolume(Int16Array.of(-2000, -1500, -500, 500, 900), createGeometry({ size: [5, 1, 1] }));
    expect([...transformVolume(scaleIntensityRange({ from: [-1500, 500] }), hu).data]).toEqual([
      0, 0, 0.5, 1, 1,
    ]);
    const open = scaleIntensityRange({ from: [-1500, 500], to: [1, -1], clip: false });
    expect([...transformVolume(open, hu).data].map((v) => Math.round(v * 1e6) / 1e6)).toEqual([
      1.5, 1, 0, -1, -1.4,
    ]);
    const down = scaleIntensityRange({ from: [-1500, 500], to: [1, 0] });
    expect([...transformVolume(down, hu).data]).toEqual([1, 1, 0.5, 0, 0]);
  });

  test('refuses an empty range', () => {
    expect(() => scaleIntensityRange({ from: [500, -1500] })).toThrow(
      /the smaller first. Received: 500,-1500/,
    );
  });
});

describe('shift and scale', () => {
  test('add, and multiply by one more than the factor, as MONAI does', () => {
    expect([...transformVolume(shiftIntensity({ offset: 0.5 }), line(1, 2)).data]).toEqual([1.5, 2.5]);
    expect([...transformVolume(scaleIntensity({ factor: 0.5 }), line(1, 2)).data]).toEqual([1.5, 3]);
  });

  test('by chance, stay within their range', () => {
    const rng = new Rng(2);
    const offsets = Array.from(
      { length: 200 },
      () => randomShiftIntensity({ maxOffset: 0.1 }).sampleParams(rng, {}).offset,
    );
    const factors = Array.from(
      { length: 200 },
      () => randomScaleIntensity({ maxFactor: 0.3 }).sampleParams(rng, {}).factor,
    );
    expect(Math.max(...offsets)).toBeGreaterThan(0.09);
    expect(Math.min(...offsets)).toBeLessThan(-0.09);
    expect(Math.max(...offsets.map(Math.abs))).toBeLessThanOrEqual(0.1);
    expect(Math.max(...factors.map(Math.abs))).toBeLessThanOrEqual(0.3);
    expect(() => randomShiftIntensity({ maxOffset: -1 })).toThrow('Received: -1.');
  });
});

describe('gaussianNoise', () => {
  const flat = createVolume(new Float32Array(40 ** 3).fill(100), createGeometry({ size: [40, 40, 40] }));

  test('has the mean, the deviation and the tails of a normal distribution', () => {
    const { data } = transformVolume(gaussianNoise({ standardDeviation: 20 }), flat);
    const z = [...data].map((value) => (value - 100) / 20);
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    expect(Math.abs(mean(z))).toBeLessThan(0.02);
    expect(mean(z.map((v) => v * v))).toBeCloseTo(1, 1);
    expect(mean(z.map((v) => v ** 4))).toBeCloseTo(3, 0);
    expect(z.filter((v) => Math.abs(v) > 1.96).length / z.length).toBeCloseTo(0.05, 2);
  });

  test('draws the deviation from a range, and is the same for the same parameters', () => {
    const transform = gaussianNoise({ standardDeviation: [5, 10] });
    const params = transform.sampleParams(new Rng(1), { flat });
    expect(params.standardDeviation).toBeGreaterThanOrEqual(5);
    expect(params.standardDeviation).toBeLessThan(10);
    expect(transform.apply(flat, JSON.parse(JSON.stringify(params)) as typeof params).data).toEqual(
      transform.apply(flat, params).data,
    );
    expect(() => gaussianNoise({ standardDeviation: [3, 1] })).toThrow(/standardDeviation must be/);
  });
});

describe('gaussianBlur', () => {
  test('gives the kernel of SciPy gaussian_filter for a spike, as wide in mm along every axis', () => {
    const geometry = createGeometry({ size: [21, 1, 9], spacing: [1, 1, 4] });
    const data = new Float32Array(21 * 9);
    data[4 * 21 + 10] = 1;
    const { data: blurred } = transformVolume(gaussianBlur({ sigma: 2 }), createVolume(data, geometry));
    const weights = (sigma: number, radius: number): number[] => {
      const w = Array.from({ length: 2 * radius + 1 }, (_, n) =>
        Math.exp(-(((n - radius) / sigma) ** 2) / 2),
      );
      const sum = w.reduce((a, b) => a + b);
      return w.map((v) => v / sum);
    };
    const alongX = weights(2, 8);
    const alongZ = weights(0.5, 2);
    for (let x = 0; x < 21; x++) {
      for (let z = 0; z < 9; z++) {
        const expected = (alongX[x - 2] ?? 0) * (alongZ[z - 2] ?? 0);
        expect(Math.abs(blurred[z * 21 + x]! - expected)).toBeLessThan(1e-6);
      }
    }
  });

  test('keeps a flat volume, up to its edges, and is nothing for a sigma of 0', () => {
    const flat = transformVolume(gaussianBlur({ sigma: 3 }), line(5, 5, 5, 5)).data;
    for (const value of flat) expect(value).toBeCloseTo(5, 5);
    expect([...transformVolume(gaussianBlur({ sigma: 0 }), line(1, 7, 2)).data]).toEqual([1, 7, 2]);
  });
});
