import { describe, expect, test } from '@jest/globals';
import { createVolume, IDENTITY_DIRECTION } from '@lungseg/core';
import { summarize } from './statistics.js';
import { formatFlags, formatSummary } from './summary-table.js';
import { gridAround, renderChest, type ChestOptions } from './testing/chest.js';

function summaryOf(slices: number, options: ChestOptions = {}) {
  const { image, leftRight } = renderChest(
    gridAround([84, 64, slices], [4, 4, 5], IDENTITY_DIRECTION),
    options,
  );
  const lung = createVolume(
    leftRight.data.map((label) => Math.min(label, 1)),
    image.geometry,
    'label',
  );
  return summarize(image, { lung, leftRight, cutMm2: { right: 0, left: 0 } });
}

describe('summarize', () => {
  test("gives volumes near the ellipsoids' formula, 4/3 pi abc, and their HU", () => {
    const { right, left, total, flags } = summaryOf(50);
    const volume = (a: number, b: number, c: number): number => ((4 / 3) * Math.PI * a * b * c) / 1000;
    expect(Math.abs(right.volumeMl / volume(55, 75, 100) - 1)).toBeLessThan(0.01);
    expect(Math.abs(left.volumeMl / volume(45, 65, 80) - 1)).toBeLessThan(0.01);
    expect(total.volumeMl).toBeCloseTo(right.volumeMl + left.volumeMl, 6);
    expect([right.meanHu, left.meanHu, total.meanHu]).toEqual([-800, -800, -800]);
    expect(flags).toEqual([]);
  });

  test('flags lungs at the edge of the image, by the sides of the patient', () => {
    const { flags } = summaryOf(21);
    expect(flags.map(({ code }) => code)).toEqual(['cut-by-field-of-view', 'cut-by-field-of-view']);
    expect(flags[0]!.message).toContain("right lung is cut by the image's edge (inferior, superior)");
  });

  test('gives percentiles, and the percentages of thin and of dense lung', () => {
    const { image, leftRight } = renderChest(gridAround([84, 64, 50], [4, 4, 5], IDENTITY_DIRECTION));
    const lung = { ...leftRight, data: leftRight.data.map((label) => Math.min(label, 1)) };
    const at = [...leftRight.data.keys()].filter((n) => leftRight.data[n] === 2);
    // A tenth of the left lung at -960 HU, a fifth at -500.
    at.forEach((n, place) => {
      if (place % 10 === 0) image.data[n] = -960;
      else if (place % 5 === 1) image.data[n] = -500;
    });
    const { left, right } = summarize(image, { lung, leftRight, cutMm2: { right: 0, left: 0 } });
    expect(left.percentBelowMinus950Hu).toBeCloseTo(10, 1);
    expect(left.percentMinus700ToMinus300Hu).toBeCloseTo(20, 1);
    expect([left.p5, left.p25, left.p95]).toEqual([-960, -800, -500]);
    expect([right.percentBelowMinus950Hu, right.percentMinus700ToMinus300Hu]).toEqual([0, 0]);
  });

  test.each<[ChestOptions, string[]]>([
    [{ left: false }, ['left-lung-missing']],
    [{ right: false }, ['right-lung-missing']],
    [{ left: false, right: false }, ['no-lung-found']],
  ])('flags what is missing: %p', (options, codes) => {
    expect(summaryOf(50, options).flags.map(({ code }) => code)).toEqual(codes);
  });
});

describe('formatSummary', () => {
  test('shows ml, HU and slices counted from 1', () => {
    const summary = summaryOf(50);
    const text = formatSummary(summary, 50);
    const { first, last } = summary.right.slices!;
    expect(text).toContain(`${summary.right.volumeMl.toFixed(0)} ml`);
    expect(text).toContain('-800');
    expect(text).toContain(`${first + 1}-${last + 1} of 50`);
  });

  test('shows dashes, not NaN, where there is no lung', () => {
    const summary = summaryOf(50, { left: false, right: false });
    expect(formatSummary(summary, 50)).not.toMatch(/NaN|null|undefined/);
    expect(formatFlags(summary.flags)).toEqual(['! No lung was found; the mask is empty.']);
  });
});
