import { describe, expect, test } from '@jest/globals';
import { blurSlice, ScannerModel } from './scanner.js';

const scanner = {
  sliceThickness: 1,
  blurSigma: 0,
  sharpen: 0,
  noiseHu: 20,
  noiseSigma: 1,
  streakHu: 0,
  metalStreakHu: 0,
  offsetHu: 7,
  circleRadius: 0,
  paddingHu: -1024,
};

describe('blurSlice', () => {
  test('spreads a point as a Gaussian of the given variances, and keeps its sum', () => {
    const [width, height] = [41, 31];
    const slice = new Float32Array(width * height);
    slice[15 * width + 20] = 1;
    blurSlice(slice, width, height, 2, 1.2, new Float32Array(slice.length));
    let [sum, xx, yy] = [0, 0, 0];
    slice.forEach((value, at) => {
      sum += value;
      xx += value * ((at % width) - 20) ** 2;
      yy += value * (Math.floor(at / width) - 15) ** 2;
    });
    expect(sum).toBeCloseTo(1, 5);
    // The kernel ends at 2.6 sigma, which costs some variance.
    expect(Math.sqrt(xx)).toBeCloseTo(2, 0);
    expect(Math.sqrt(yy)).toBeCloseTo(1.2, 0);
  });
});

describe('ScannerModel', () => {
  test('adds the offset and noise of about the given standard deviation, the same for the same seed', () => {
    const take = (seed: number): Float32Array => {
      const slice = new Float32Array(80 * 80);
      new ScannerModel(scanner, seed, 80, 80, 0.8, 0.8).acquire(slice, 0);
      return slice;
    };
    const slice = take(4);
    const mean = slice.reduce((sum, v) => sum + v, 0) / slice.length;
    const deviation = Math.sqrt(slice.reduce((sum, v) => sum + (v - mean) ** 2, 0) / slice.length);
    expect(Math.abs(mean - 7)).toBeLessThan(1.5);
    expect(deviation).toBeGreaterThan(12);
    expect(deviation).toBeLessThan(24);
    expect(take(4)).toEqual(slice);
    expect(take(5)).not.toEqual(slice);
  });
});
