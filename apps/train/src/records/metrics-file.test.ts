import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MetricsFile } from './metrics-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lungseg-metrics-'));
  path = join(folder, 'metrics.jsonl');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const steps = (): number[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { step: number }).step);

describe('MetricsFile', () => {
  test('forgets what came after a checkpoint, and half a line that a kill left', async () => {
    const file = new MetricsFile(path);
    for (const step of [1, 2, 3, 4]) file.append({ type: 'epoch', step, epoch: 0, meanLoss: 1 });
    writeFileSync(path, '{"type":"step","st', { flag: 'a' });
    await file.rewindTo(2);
    expect(steps()).toEqual([1, 2]);
    file.append({ type: 'done', step: 3, reason: 'all-steps' });
    expect(steps()).toEqual([1, 2, 3]);
  });

  test('has nothing to rewind before the first event', async () => {
    await expect(new MetricsFile(path).rewindTo(5)).resolves.toBeUndefined();
  });
});
