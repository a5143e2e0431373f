import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { StepEvent, TrainingEvent } from '@lungseg/trainer';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lungseg-train-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A few steps of the quick config on one phantom. */
const TINY = [
  'data.phantoms.count=1',
  'data.phantoms.validationCount=0',
  'crop.size=[64,64,32]',
  'network.width=0.0625',
  'network.layers=[1,1,1,1]',
  'stepsPerEpoch=3',
  'validateEveryEpochs=0',
  'optimizer.schedule=constant',
  'freezeNormalizationFrom=1',
];

function serve(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['apps/train/dist/main.js', '--no-dashboard', ...args],
    // Nx sets FORCE_COLOR; beside NO_COLOR, that makes Node itself warn on stderr.
    { cwd: root, encoding: 'utf8', env: { ...process.env, INIT_CWD: root, FORCE_COLOR: undefined } },
  );
  return { status, output: stdout + stderr };
}

const tiny = (output: string, ...more: string[]): string[] => [
  '--config=configs/quick.json',
  `--set=output=${output}`,
  ...TINY.map((s) => `--set=${s}`),
  ...more,
];

const losses = (run: string): number[] =>
  readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TrainingEvent)
    .filter((event): event is StepEvent => event.type === 'step')
    .map((event) => event.loss);

describe('train:serve', () => {
  test('trains on phantoms, refuses to overwrite the run, and resumes it to what one run gives', () => {
    const [whole, parts] = [join(folder, 'whole'), join(folder, 'parts')];
    expect(serve(...tiny(whole, '--set=epochs=2'))).toMatchObject({ status: 0 });
    const first = serve(...tiny(parts, '--set=epochs=1'));
    expect(first).toMatchObject({ status: 0 });
    const again = serve(...tiny(parts, '--set=epochs=1'));
    expect(again.status).toBe(1);
    expect(again.output).toContain('already holds a run. Go on with --resume');
    const resumed = serve(...tiny(parts, '--set=epochs=2', '--resume'));
    expect(resumed).toMatchObject({ status: 0 });
    expect(losses(whole)).toHaveLength(6);
    expect(losses(parts)).toEqual(losses(whole));
    expect(existsSync(join(parts, 'last.safetensors'))).toBe(true);
  });

  test('answers bad usage with 2 and a bad config with 1, in one line', () => {
    expect(serve().status).toBe(2);
    const missing = serve('--config=none.json');
    expect(missing.status).toBe(1);
    expect(missing.output.trim().split('\n')).toHaveLength(1);
    expect(missing.output).toContain('No such config');
  });

  test('answers --help', () => {
    const help = serve('--help');
    expect(help.status).toBe(0);
    expect(help.output).toContain('--set <key=value>');
  });
});
