import { describe, expect, test } from '@jest/globals';
import { Rng } from '@lungseg/core';
import { bootstrapMean, ScoreTable } from './index.js';

function exampleTable(): ScoreTable {
  const table = new ScoreTable();
  table.add('a', 'right', { dice: 0.9, hausdorff: 4 });
  table.add('a', 'left', { dice: Number.NaN, hausdorff: Infinity });
  table.add('b, "second"', 'right', { dice: 0.96, hausdorff: 10 });
  table.add('c', 'right', { dice: 0.99, hausdorff: Infinity, extra: -1 });
  return table;
}

describe('ScoreTable', () => {
  test('takes mean and median over the cases that have a number', () => {
    const summary = exampleTable().summary();
    expect(summary.map(({ label, score, count }) => [label, score, count])).toEqual([
      ['right', 'dice', 3],
      ['right', 'hausdorff', 3],
      ['right', 'extra', 1],
      ['left', 'dice', 0],
      ['left', 'hausdorff', 1],
    ]);
    const [dice, hausdorff, , missing] = summary;
    expect(dice!.mean).toBeCloseTo(0.95, 12);
    expect(dice!.median).toBe(0.96);
    expect(dice!.interval[0]).toBeGreaterThanOrEqual(0.9);
    expect(dice!.interval[1]).toBeLessThanOrEqual(0.99);
    expect(hausdorff).toMatchObject({ mean: Infinity, median: 10 });
    expect(missing).toMatchObject({ mean: NaN, median: NaN, interval: [NaN, NaN] });
  });

  test('writes CSV with a row a case and class', () => {
    expect(exampleTable().toCsv()).toBe(
      'case,label,dice,hausdorff,extra\n' +
        'a,right,0.9,4,\n' +
        'a,left,,inf,\n' +
        '"b, ""second""",right,0.96,10,\n' +
        'c,right,0.99,inf,-1\n',
    );
  });

  test('writes the summary as CSV', () => {
    const lines = exampleTable()
      .toSummaryCsv({ rng: new Rng(1) })
      .split('\n');
    expect(lines[0]).toBe('label,score,count,mean,median,low,high');
    expect(lines[2]).toMatch(/^right,hausdorff,3,inf,10,[\d.]+,inf$/);
    expect(lines[4]).toBe('left,dice,0,,,,');
  });

  test('is JSON that any parser reads', () => {
    const { cases, summary } = JSON.parse(JSON.stringify(exampleTable())) as {
      cases: unknown[];
      summary: unknown[];
    };
    expect(cases[1]).toEqual({ case: 'a', label: 'left', scores: { dice: null, hausdorff: 'Infinity' } });
    expect(summary[3]).toEqual({
      label: 'left',
      score: 'dice',
      count: 0,
      mean: null,
      median: null,
      interval: [null, null],
    });
  });

  test('refuses a case and label that it has', () => {
    expect(() => exampleTable().add('a', 'left', {})).toThrow(
      'A case has each label once. Received: a, left for the second time.',
    );
  });
});

describe('bootstrapMean', () => {
  test('gives the same interval for the same seed, and leaves the generator as it was', () => {
    const values = [0.9, 0.917, 0.923, 0.95, 0.971, 0.98, 0.993];
    const rng = new Rng(5);
    const first = bootstrapMean(values, { rng });
    expect(bootstrapMean(values, { rng })).toEqual(first);
    expect(rng.state).toEqual(new Rng(5).state);
    expect(bootstrapMean(values, { rng: new Rng(6) })).not.toEqual(first);
  });

  test('is wider for more confidence', () => {
    const values = [1, 2, 3, 4, 5, 6];
    const [low, high] = bootstrapMean(values, { confidence: 0.5 });
    const [lower, higher] = bootstrapMean(values, { confidence: 0.99 });
    expect(lower).toBeLessThan(low);
    expect(higher).toBeGreaterThan(high);
  });

  test('knows no interval of one value, and a point of equal ones', () => {
    expect(bootstrapMean([3])).toEqual([NaN, NaN]);
    expect(bootstrapMean([3, 3, 3])).toEqual([3, 3]);
  });

  test.each([
    [{ resamples: 0 }, 'resamples must be a positive integer. Received: 0.'],
    [{ confidence: 95 }, 'confidence must be between 0 and 1. Received: 95.'],
  ])('refuses %j', (options, message) => {
    expect(() => bootstrapMean([1, 2], options)).toThrow(message);
  });
});
