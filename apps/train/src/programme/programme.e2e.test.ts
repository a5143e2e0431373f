import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { initialWeightsOf } from '../records/manifest.js';
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
  // Others than the patients of the folds.
  const others = join(folder, 'others');
  mkdirSync(others);
  await writeTinyData(others);
  const { training } = JSON.parse(readFileSync(join(others, 'datalist.json'), 'utf8')) as {
    readonly training: readonly object[];
  };
  const datalist = join(others, 'pretraining.json');
  const renamed = training.map((entry, n) => ({ ...entry, patient: `other-${n}` }));
  writeFileSync(datalist, JSON.stringify({ training: renamed }));
  const pretraining = [3, 4].map((seed) => {
    const config = join(folder, `pretraining-${seed}.json`);
    writeFileSync(
      config,
      JSON.stringify({
        ...tiny,
        data: { datalist },
        seed,
        epochs: 1,
        stepsPerEpoch: 1,
        validateEveryEpochs: 0,
      }),
    );
    return config;
  });
  const programme = { name: 'tiny', version: '1.0.0', output, pretraining, keepInitial: 0.25, folds, cases };
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
  expect(results).toContain('averaged with the weights of the run before its last one by a share of 0.25');
  const begunFrom = (run: string): unknown =>
    (
      JSON.parse(readFileSync(join(output, run, 'config.json'), 'utf8')) as {
        readonly initialWeights?: string;
      }
    ).initialWeights;
  expect(begunFrom('pretraining')).toBeUndefined();
  expect(begunFrom('pretraining-2')).toBe(join(output, 'pretraining/last.safetensors'));
  expect(begunFrom('fold-1')).toBe(join(output, 'pretraining-2/last.safetensors'));
  const card = readFileSync(join(output, 'fold-1/model/MODEL_CARD.md'), 'utf8');
  expect(card).toContain(`averaged with those of ${join(output, 'pretraining-2')} by a share of 0.25`);
  expect(card).toContain(
    `It began from the weights in ${join(output, 'pretraining-2/last.safetensors')}, SHA-256 \`${initialWeightsOf(join(output, 'fold-1'))}\``,
  );
  const second = runApp('dist/programme/main.js', `--config=${path}`);
  expect(second).toMatchObject({ status: 0 });
  for (const fold of [0, 1, 2]) expect(second.output).toContain(`fold-${fold}: finished`);
  expect(second.output).not.toContain('step 1/1');

  const tuned = join(folder, 'tuned.json');
  const tuning = join(folder, 'tuning.json');
  const tuningConfig = { ...tiny, data, epochs: 1, stepsPerEpoch: 2, validateEveryEpochs: 0 };
  writeFileSync(tuning, JSON.stringify(tuningConfig));
  writeFileSync(tuned, JSON.stringify({ ...programme, tuning }));
  const runTuned = (): ReturnType<typeof runApp> => runApp('dist/programme/main.js', `--config=${tuned}`);
  expect(runTuned()).toMatchObject({ status: 0 });
  const config = JSON.parse(readFileSync(join(output, 'fold-1-tuned/config.json'), 'utf8')) as {
    readonly initialWeights: string;
    readonly stepsPerEpoch: number;
    readonly data: { readonly folds: object };
  };
  expect(config).toMatchObject({ initialWeights: join(output, 'fold-1/last.safetensors'), stepsPerEpoch: 2 });
  expect(config.data.folds).toMatchObject({ count: 3, index: 1 });
  expect(readFileSync(join(output, 'RESULTS.md'), 'utf8')).toContain(`tuned by ${tuning}`);
  const judged = JSON.parse(readFileSync(join(output, 'fold-1.json'), 'utf8')) as { readonly model: object };
  const { weights } = JSON.parse(readFileSync(join(output, 'fold-1-tuned/model/model.json'), 'utf8')) as {
    readonly weights: { readonly sha256: string };
  };
  expect(judged.model).toMatchObject({ weightsSha256: weights.sha256 });

  // As if fold 0 had been trained anew, to other weights.
  copyFileSync(join(output, 'fold-1/last.safetensors'), join(output, 'fold-0/last.safetensors'));
  const stale = runTuned();
  expect(stale).toMatchObject({ status: 1 });
  expect(stale.output).toContain('fold-0-tuned began from weights that');

  writeFileSync(tuning, JSON.stringify({ ...tuningConfig, data: { ...data, folds: { count: 3, seed: 1 } } }));
  const otherSplit = runTuned();
  expect(otherSplit).toMatchObject({ status: 1 });
  expect(otherSplit.output).toContain('tuning.json must split the cases as ');

  const longer = { ...(JSON.parse(readFileSync(folds, 'utf8')) as object), epochs: 2 };
  writeFileSync(folds, JSON.stringify(longer));
  const third = runApp('dist/programme/main.js', `--config=${path}`);
  expect(third).toMatchObject({ status: 1 });
  expect(third.output).toContain('fold-0 holds a run by another config: epochs differ(s).');
}, 240_000);
