import { describe, expect, test } from '@jest/globals';
import { IDENTITY_DIRECTION } from '@lungseg/core';
import { formatReport, type Report, type ReportParts } from './report.js';
import { summarize } from './statistics.js';
import { gridAround, renderChest } from './testing/chest.js';

function reportOf(more: object = {}): Report {
  const { image, leftRight } = renderChest(gridAround([84, 64, 50], [4, 4, 5], IDENTITY_DIRECTION));
  const lung = { ...leftRight, data: leftRight.data.map((label) => Math.min(label, 1)) };
  const parts = {
    input: '/ct.nii.gz',
    output: '/mask.nii.gz',
    labels: 'lung',
    options: { flips: [], batch: 1, assumeHu: false, allowGaps: false, quiet: true, input: '/ct.nii.gz' },
    read: { volume: image, format: 'nifti', warnings: [] },
    model: { name: 'a', version: '1.2.3', weights: { sha256: 'abc' } },
    members: [],
    backend: { name: 'cpu', device: 'cpu', description: 'cpu (tfjs)', passedOver: [] },
    precision: 'float32',
    details: {
      gridSize: [1, 1, 1],
      gridSpacing: [1, 1, 1],
      window: [1, 1, 1],
      windows: 1,
      bufferBytes: 1,
      networkBytes: 1,
    },
    summary: summarize(image, { lung, leftRight, cutMm2: { right: 0, left: 0 } }),
    date: new Date('2026-11-27T15:01:20Z'),
    seconds: { read: 1.23456789 },
    ...more,
  } as unknown as ReportParts;
  return JSON.parse(formatReport(parts)) as Report;
}

describe('formatReport', () => {
  test('has the fields that the README explains, and no other', () => {
    const report = reportOf();
    expect(Object.keys(report)).toEqual([
      ...['schemaVersion', 'intendedUse', 'date', 'versions', 'model', 'backend', 'precision', 'options'],
      ...[
        'input',
        'output',
        'inference',
        'statistics',
        'flags',
        'seconds',
        'processorSeconds',
        'peakMemoryBytes',
      ],
    ]);
    expect(report).toMatchObject({ schemaVersion: 1, date: '2026-11-27T15:01:20.000Z' });
    expect(report.options).toEqual({ flips: [], batch: 1, assumeHu: false, allowGaps: false });
  });

  test('says what was asked for that changes the mask', () => {
    const options = { flips: ['x'], batch: 2, assumeHu: true, allowGaps: true, series: '1.2' };
    expect(reportOf({ options: { ...options, memory: 4e9 } }).options).toEqual({
      ...options,
      memoryBytes: 4e9,
    });
    expect(reportOf({ options: { ...options, window: [64, 64, 32] } }).options).toEqual({
      ...options,
      window: [64, 64, 32],
    });
  });

  test('has numbers of four decimals at most, and slices that count from 0', () => {
    const { seconds, statistics } = reportOf();
    expect(seconds).toEqual({ read: 1.2346 });
    const { volumeMl, voxels, percentMinus700ToMinus300Hu, slices } = statistics.right;
    expect(volumeMl).toBe(Number(((voxels * 4 * 4 * 5) / 1000).toFixed(4)));
    expect(percentMinus700ToMinus300Hu).toBe(0);
    expect(slices).toEqual({ first: 6, last: 45 });
  });
});
