import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, type Vec3 } from '@lungseg/core';
import { summarize } from './statistics.js';

type Box = readonly [low: Vec3, high: Vec3];

/** Two boxes for lungs: 1 right, 2 left. */
function flagCodes(
  right: Box,
  left: Box,
  spacing: Vec3 = [10, 10, 10],
  cutMm2 = { right: 0, left: 0 },
): string[] {
  const size: Vec3 = [40, 30, 30];
  const inside = ([low, high]: Box, place: Vec3): boolean =>
    place.every((n, axis) => n >= low[axis]! && n < high[axis]!);
  const data = Uint8Array.from({ length: 40 * 30 * 30 }, (_, n) => {
    const place: Vec3 = [n % 40, Math.floor(n / 40) % 30, Math.floor(n / 1200)];
    return inside(right, place) ? 1 : inside(left, place) ? 2 : 0;
  });
  const leftRight = createVolume(data, createGeometry({ size, spacing }), 'label');
  const lung = { ...leftRight, data: data.map((label) => Math.min(label, 1)) };
  const image = { ...leftRight, kind: 'intensity' as const, data: new Int16Array(data.length).fill(-800) };
  return summarize(image, { lung, leftRight, cutMm2 }).flags.map(({ code }) => code);
}

const right: Box = [
  [5, 5, 5],
  [18, 20, 20],
];
const left: Box = [
  [22, 5, 5],
  [34, 20, 20],
];

describe('flags', () => {
  test('there is none for two whole lungs of usual volume', () => {
    expect(flagCodes(right, left)).toEqual([]);
  });

  test('a lung that only touches the edge is told from one that is cut', () => {
    const touching: Box = [
      [0, 8, 8],
      [1, 9, 9],
    ];
    expect(flagCodes(touching, left)).toEqual(['touches-border', 'unusual-volume']);
    expect(flagCodes([[0, 5, 5], right[1]], left)).toEqual(['cut-by-field-of-view']);
  });

  test('a lung that the circle of the scanner cuts is cut, unless by next to nothing', () => {
    expect(flagCodes(right, left, [10, 10, 10], { right: 20, left: 500 })).toEqual(['cut-by-field-of-view']);
    expect(flagCodes(right, left, [10, 10, 10], { right: 149, left: 0 })).toEqual([]);
    expect(flagCodes(right, left, [15, 15, 15], { right: 150, left: 0 })).toEqual(['cut-by-field-of-view']);
  });

  test('volumes out of the usual', () => {
    expect(flagCodes(right, left, [3, 3, 3])).toEqual(['unusual-volume']);
    expect(flagCodes(right, left, [15, 15, 15])).toEqual(['unusual-volume']);
    const shrunk: Box = [
      [22, 5, 5],
      [34, 12, 10],
    ];
    expect(flagCodes(right, shrunk)).toEqual(['unusual-volume']);
  });

  test('a cut lung has no volume to call unusual', () => {
    const cut: Box = [
      [22, 5, 0],
      [34, 12, 2],
    ];
    expect(flagCodes(right, cut)).toEqual(['cut-by-field-of-view']);
  });
});
