import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { InvalidArgumentError } from './errors.js';
import { Rng, type RngState } from './rng.js';
import { expected } from './testing/expected.js';

const draw = (rng: Rng, count: number): number[] => Array.from({ length: count }, () => rng.uint32());

describe('Rng', () => {
  test.each(Object.entries(expected.rng))('seed %s gives what sfc32 gives in Python', (seed, numbers) => {
    expect(draw(new Rng(Number(seed)), numbers.length)).toEqual(numbers);
  });

  test('the same seed gives the same numbers, another seed others', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        const first = draw(new Rng(a), 4);
        expect(draw(new Rng(a), 4)).toEqual(first);
        if (a !== b) expect(draw(new Rng(b), 4)).not.toEqual(first);
      }),
    );
  });

  test('continues from its state, through JSON, as if never stopped', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(50), (seed, used) => {
        const rng = new Rng(seed);
        draw(rng, used);
        const state = JSON.parse(JSON.stringify(rng.state)) as RngState;
        expect(state.every((n) => Number.isInteger(n) && n >= 0 && n < 2 ** 32)).toBe(true);
        expect(draw(new Rng(state), 20)).toEqual(draw(rng, 20));
      }),
    );
  });

  test('reading the state draws nothing', () => {
    const rng = new Rng(7);
    expect(rng.state).toEqual(rng.state);
  });

  test('takes a state written with signed integers, too', () => {
    const rng = new Rng(5);
    const signed = rng.state.map((n) => n | 0) as unknown as RngState;
    expect(draw(new Rng(signed), 5)).toEqual(draw(rng, 5));
  });

  test('a fork does not depend on what the parent draws afterwards', () => {
    const [a, b] = [new Rng(3), new Rng(3)];
    const [forkA, forkB] = [a.fork(), b.fork()];
    draw(a, 10);
    expect(draw(forkA, 5)).toEqual(draw(forkB, 5));
    expect(draw(new Rng(3).fork(), 5)).not.toEqual(draw(new Rng(3), 5));
  });

  test.each([0.5, NaN, Infinity])('refuses the seed %p', (seed) => {
    expect(() => new Rng(seed)).toThrow(InvalidArgumentError);
    expect(() => new Rng(seed)).toThrow(`A seed must be an integer. Received: ${seed}.`);
  });

  test('refuses a damaged state', () => {
    expect(() => new Rng([1, 2, 3] as unknown as RngState)).toThrow(
      /must be four integers.*Received: \[1, 2, 3\]/,
    );
    expect(() => new Rng([1, 2, 3, NaN])).toThrow(/must be four integers/);
  });
});

/** Mean and variance of many draws. */
function moments(count: number, next: () => number): { mean: number; variance: number } {
  const values = Array.from({ length: count }, next);
  const mean = values.reduce((a, b) => a + b, 0) / count;
  return { mean, variance: values.reduce((a, b) => a + (b - mean) ** 2, 0) / count };
}

describe('distributions', () => {
  test('uniform stays in [low, high), with the mean and variance of a uniform distribution', () => {
    const rng = new Rng(1);
    let outside = 0;
    const { mean, variance } = moments(100_000, () => {
      const value = rng.uniform(-10, 30);
      if (!(value >= -10 && value < 30)) outside++;
      return value;
    });
    expect(outside).toBe(0);
    // Five standard errors: 40 / sqrt(12 n), and variance 40² / 12.
    expect(Math.abs(mean - 10)).toBeLessThan((5 * 40) / Math.sqrt(12 * 100_000));
    expect(variance / (1600 / 12)).toBeCloseTo(1, 1);
  });

  test('uniform is [0, 1) by default, at its ends, too', () => {
    const largest = new Rng([0xffffffff, 0, 0, 0]);
    expect(largest.uniform()).toBe(1 - 2 ** -32);
    expect(new Rng([0, 0, 0, 0]).uniform()).toBe(0);
  });

  test('integer gives each of its values equally often', () => {
    const rng = new Rng(2);
    const counts = new Map<number, number>();
    for (let i = 0; i < 60_000; i++) {
      const value = rng.integer(-2, 4);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
    // Chi-squared with 5 degrees of freedom: above 20.5 once in a thousand seeds.
    const chiSquared = [...counts.values()].reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0);
    expect(chiSquared).toBeLessThan(20.5);
  });

  test('normal has the mean and standard deviation asked for, and 68 % within one of them', () => {
    const rng = new Rng(3);
    let within = 0;
    const { mean, variance } = moments(100_000, () => {
      const value = rng.normal(-600, 25);
      if (Math.abs(value + 600) < 25) within++;
      return value;
    });
    expect(Math.abs(mean + 600)).toBeLessThan((5 * 25) / Math.sqrt(100_000));
    expect(Math.sqrt(variance) / 25).toBeCloseTo(1, 1);
    expect(within / 100_000).toBeCloseTo(0.6827, 2);
  });

  test('bernoulli is never at 0, always at 1, and in between as often as asked', () => {
    const rng = new Rng(4);
    const times = (p: number): number =>
      Array.from({ length: 20_000 }, () => rng.bernoulli(p)).filter(Boolean).length;
    expect(times(0)).toBe(0);
    expect(times(1)).toBe(20_000);
    expect(times(0.25) / 20_000).toBeCloseTo(0.25, 1);
  });

  test('choice gives every element, and refuses an empty list', () => {
    const rng = new Rng(5);
    expect(new Set(Array.from({ length: 100 }, () => rng.choice(['a', 'b', 'c'])))).toEqual(
      new Set(['a', 'b', 'c']),
    );
    expect(() => rng.choice([])).toThrow(
      'A choice needs a list of at least one item. Received: an empty list.',
    );
  });

  test.each([
    [3, 3],
    [4, 3],
    [0, 1.5],
    [NaN, 2],
  ])('integer refuses [%p, %p)', (low, high) => {
    expect(() => new Rng(1).integer(low, high)).toThrow(
      `low and high must be integers, low below high. Received: low=${low}, high=${high}.`,
    );
  });
});
