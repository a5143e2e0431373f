import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runApp } from '../testing/serve.js';
import { writeTinyData } from '../testing/tiny-data.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lungseg-programme-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('train:programme trains, exports and judges every fold by the patients it did not see, and only once', async () => {
  const tiny = JSON.parse(readFileSync(await writeTinyData(folder), 'utf8')) as { readonly data: object };
  const folds = join(folder, 'folds.json');
  const data = { ...tiny.data, folds: { count: 3, index: 0 } };
  writeFileSync(
    folds,
    JSON.stringify({ ...tiny, data, epochs: 1, stepsPerEpoch: 1, validateEveryEpochs: 0 }),
  );
  const output = join(folder, 'programme');
  const path = join(folder, 'programme.json');
  const cases = join(folder, 'cases');
  const programme = { name: 'tiny', version: '1.0.0', output, folds, cases };
  writeFileSync(path, JSON.stringify(programme));

  const first = runApp('dist/programme/main.js', `--config=${path}`);
  expect(first).toMatchObject({ status: 0 });
  const results = readFileSync(join(output, 'RESULTS.md'), 'utf8');
  expect(results).toContain('Research use only.');
  for (const fold of [0, 1, 2]) {
    const run = JSON.parse(readFileSync(join(output, `fold-${fold}/run.json`), 'utf8')) as {
      readonly data: Readonly<Record<'training' | 'validation', readonly { readonly name: string }[]>>;
    };
    const [leftOut] = run.data.validation.map(({ name }) => name);
    expect(run.data.training.map(({ name }) => name)).not.toContain(leftOut);
    expect(results).toContain(`| ${leftOut} | ${fold} | `);
  }
  const second = runApp('dist/programme/main.js', `--config=${path}`);
  expect(second).toMatchObject({ status: 0 });
  for (const fold of [0, 1, 2]) expect(second.output).toContain(`fold-${fold}: finished`);
  expect(second.output).not.toContain('step 1/1');

  const tuned = join(folder, 'tuned.json');
  writeFileSync(tuned, JSON.stringify({ ...programme, tuning: folds }));
  expect(runApp('dist/programme/main.js', `--config=${tuned}`)).toMatchObject({ status: 0 });
  const config = JSON.parse(readFileSync(join(output, 'fold-1-tuned/config.json'), 'utf8')) as {
    readonly initialWeights: string;
    readonly data: { readonly folds: object };
  };
  expect(config.initialWeights).toBe(join(output, 'fold-1/last.safetensors'));
  expect(config.data.folds).toMatchObject({ count: 3, index: 1 });
  expect(readFileSync(join(output, 'fold-1-tuned/model/model.json'), 'utf8')).toContain('"tiny"');

  const longer = { ...(JSON.parse(readFileSync(folds, 'utf8')) as object), epochs: 2 };
  writeFileSync(folds, JSON.stringify(longer));
  const third = runApp('dist/programme/main.js', `--config=${path}`);
  expect(third).toMatchObject({ status: 1 });
  expect(third.output).toContain('fold-0 holds a run by another config: epochs differ(s).');
}, 240_000);
