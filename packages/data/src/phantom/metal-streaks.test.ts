import { expect, test } from '@jest/globals';
import { Rng } from '@lungseg/core';
import { addMetalStreaks } from './metal-streaks.js';

const WIDTH = 96;

function sliceWithMetal(): Float32Array {
  const slice = new Float32Array(WIDTH * WIDTH);
  for (let y = 46; y < 50; y++) for (let x = 46; x < 50; x++) slice[y * WIDTH + x] = 3071;
  return slice;
}

test('streaks start from metal, fall with the distance, and leave the mean and the metal alone', () => {
  const slice = sliceWithMetal();
  addMetalStreaks(slice, WIDTH, 1, 1, 100, new Rng(3));
  expect(slice[47 * WIDTH + 47]).toBe(3071);
  const ring = (radius: number): number[] =>
    Array.from({ length: 360 }, (_, degree) => {
      const angle = (degree * Math.PI) / 180;
      const [x, y] = [48 + radius * Math.cos(angle), 48 + radius * Math.sin(angle)];
      return slice[Math.round(y) * WIDTH + Math.round(x)]!;
    });
  const deviation = (values: readonly number[]): number =>
    Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / 360);
  const mean = ring(40).reduce((a, b) => a + b, 0) / 360;
  expect(Math.abs(mean)).toBeLessThan(8);
  expect(deviation(ring(10))).toBeGreaterThan(1.3 * deviation(ring(40)));
  expect(deviation(ring(40))).toBeGreaterThan(20);
});

test('a slice without metal stays as it is, and draws nothing', () => {
  const slice = new Float32Array(WIDTH * WIDTH).fill(1500);
  const rng = new Rng(3);
  addMetalStreaks(slice, WIDTH, 1, 1, 100, rng);
  expect(slice.every((hu) => hu === 1500)).toBe(true);
  expect(rng.uniform()).toBe(new Rng(3).uniform());
});
