import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTrainedRun } from './run-folder.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lungseg-run-'));
  writeFileSync(join(folder, 'config.json'), '{"name":"a","output":"a","epochs":1,"stepsPerEpoch":1}');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a checkpoint that a run lacks is said to be missing, with those that it has', async () => {
  await expect(openTrainedRun(folder, 'best')).rejects.toThrow(
    `${folder} has no best.safetensors. It has no checkpoint yet: train on with --resume, or anew.`,
  );
  writeFileSync(join(folder, 'last.safetensors'), '');
  writeFileSync(join(folder, 'step-000003.safetensors'), '');
  await expect(openTrainedRun(folder, 'best')).rejects.toThrow(
    `${folder} has no best.safetensors. It has last.safetensors, step-000003.safetensors. Choose one, for instance by --set checkpoint=last.`,
  );
});
