import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { selectBackend } from '@lungseg/backend';
import { loadModel } from '@lungseg/models';
import { exportOnnx } from '@lungseg/networks';
import { loadCheckpoint, type StepEvent, type TrainingEvent } from '@lungseg/trainer';
import { readRecords } from './testing/read-records.js';
import { environment, ROOT, runApp } from './testing/serve.js';
import { writeTinyData } from './testing/tiny-data.js';

let folder: string;
let config: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lungseg-train-'));
  config = await writeTinyData(folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const serve = (...args: string[]) => runApp('dist/main.js', '--no-dashboard', ...args);
const tiny = (output: string, ...more: string[]) =>
  serve(`--config=${config}`, `--set=output=${output}`, ...more);

const events = (run: string): TrainingEvent[] =>
  readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TrainingEvent);
const losses = (run: string): number[] =>
  events(run)
    .filter((event): event is StepEvent => event.type === 'step')
    .map((event) => event.loss);

describe('train:serve', () => {
  test('trains, refuses to overwrite the run, and resumes it to what one run gives', () => {
    const [whole, parts] = [join(folder, 'whole'), join(folder, 'parts')];
    expect(tiny(whole)).toMatchObject({ status: 0 });
    expect(tiny(parts, '--set=epochs=1')).toMatchObject({ status: 0 });
    const again = tiny(parts, '--set=epochs=1');
    expect(again.status).toBe(1);
    expect(again.output).toContain('already holds a run. Go on with --resume');
    expect(tiny(parts, '--resume')).toMatchObject({ status: 0 });
    expect(losses(whole)).toHaveLength(6);
    expect(losses(parts)).toEqual(losses(whole));
  });

  test('leaves the folder as it is where the run cannot go on with another config', () => {
    const run = join(folder, 'parts');
    const files = (): string[] =>
      ['config.json', 'run.json'].map((name) => readFileSync(join(run, name), 'utf8'));
    const before = files();
    const other = tiny(run, '--resume', '--set=network.width=0.125');
    expect(other.status).toBe(1);
    expect(other.output).toContain(
      'error: network.width must be 0.0625, as in the run so far. Received: 0.125.',
    );
    expect(files()).toEqual(before);
  });

  test('leaves config, manifest with hashes, metrics, log, picture and events of TensorBoard', () => {
    const run = join(folder, 'whole');
    expect(readdirSync(run).sort()).toEqual([
      'best.safetensors',
      'config.json',
      'last.safetensors',
      'log.txt',
      'metrics.jsonl',
      'run.json',
      'step-000003.safetensors',
      'step-000006.safetensors',
      'tensorboard',
      'validation',
    ]);
    const manifest = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      seed: 0,
      versions: { lungseg: '0.1.0', node: process.versions.node },
      data: { training: [{ name: 'one', image: expect.stringMatching(/^[0-9a-f]{64}$/) }, { name: 'two' }] },
      config: { name: 'tiny' },
    });
    expect(readdirSync(join(run, 'validation'))).toEqual(['three.png']);
    const [file] = readdirSync(join(run, 'tensorboard'));
    // The version, six steps, two epochs, a validation and its picture.
    expect(readRecords(readFileSync(join(run, 'tensorboard', file!)))).toHaveLength(11);
  });

  test('trains in mixed precision: its first loss is close to that in float32, and the run says so', () => {
    const run = join(folder, 'mixed');
    expect(tiny(run, '--precision=bfloat16')).toMatchObject({ status: 0 });
    const [mixed, exact] = [losses(run), losses(join(folder, 'whole'))];
    expect(mixed).not.toEqual(exact);
    // Later ones part, as batch statistics over few voxels amplify rounding.
    expect(Math.abs(mixed[0]! / exact[0]! - 1)).toBeLessThan(0.02);
    expect(JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'))).toMatchObject({ precision: 'bfloat16' });
    expect(readFileSync(join(run, 'log.txt'), 'utf8')).toContain('convolutions in bfloat16');
  });

  test('refuses to train where gradients are missing, in one line, and leaves nothing', () => {
    const run = join(folder, 'wasm');
    const { status, output } = tiny(run, '--backend=wasm');
    expect(status).toBe(1);
    expect(output.trim()).toBe(
      'error: Training needs the native backend, which alone has all gradients. Received: wasm. Run `npx nx run native:provision`, or use --backend=native.',
    );
    expect(existsSync(run)).toBe(false);
  });

  test('goes on from the checkpoint before a damaged one, and says so', () => {
    const run = join(folder, 'parts');
    const last = join(run, 'last.safetensors');
    const bytes = readFileSync(last);
    rmSync(join(run, 'step-000006.safetensors'));
    writeFileSync(last, bytes.subarray(0, bytes.length / 2));
    const resumed = tiny(run, '--resume');
    expect(resumed.status).toBe(0);
    expect(resumed.output).toMatch(/last\.safetensors can't be read .* Going on from step 3/);
    expect(losses(run)).toEqual(losses(join(folder, 'whole')));
  });

  test('Ctrl-C saves a checkpoint, from which the run goes on', async () => {
    const run = join(folder, 'interrupted');
    const args = ['apps/train/dist/main.js', '--no-dashboard', `--config=${config}`, `--set=output=${run}`];
    const child = spawn(process.execPath, [...args, '--set=epochs=50'], {
      cwd: ROOT,
      env: environment(),
      stdio: 'ignore',
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    while (!existsSync(join(run, 'metrics.jsonl'))) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    const { step } = await loadCheckpoint(join(run, 'last.safetensors'));
    expect(losses(run)).toHaveLength(step);
    expect(step).toBeLessThan(150);
    expect(tiny(run, '--resume', `--set=epochs=${Math.ceil((step + 1) / 3)}`).status).toBe(0);
    expect(losses(run).slice(0, 6)).toEqual(losses(join(folder, 'whole')).slice(0, losses(run).length));
  });

  test('killed at random moments and resumed, it ends with the same weights to the bit', () => {
    const { status, output } = runApp('tools/kill-and-resume.mjs', '--kills=3');
    expect(output).toContain('3 kills in');
    expect(output).toContain('the same to the bit');
    expect(status).toBe(0);
  });

  test('answers bad usage with 2 and a bad config with 1, in one line', () => {
    expect(serve('--colour').status).toBe(2);
    expect(serve('--port=high').status).toBe(2);
    const missing = serve('--config=none.json');
    expect(missing.status).toBe(1);
    expect(missing.output.trim().split('\n')).toHaveLength(1);
    expect(missing.output).toContain('No such config');
    const wrong = tiny(join(folder, 'never'), '--set=optimizer.learnigRate=1');
    expect(wrong.status).toBe(1);
    expect(wrong.output).toContain('Did you mean optimizer.learningRate?');
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });

  test('answers --version, and --help', () => {
    expect(serve('--version')).toMatchObject({
      status: 0,
      output: expect.stringMatching(/^lungseg \d+\.\d+\.\d+\n$/),
    });
    const help = serve('--help');
    expect(help.status).toBe(0);
    expect(help.output).toContain('--set <key=value>');
    expect(help.output).not.toMatch(/default:\s+(\[\]|false)/);
  });
});

describe('train:validate and train:export', () => {
  test('judge the best checkpoint as validation did, case by case, and make a model of it that loads', async () => {
    const run = join(folder, 'judged');
    expect(tiny(run)).toMatchObject({ status: 0 });
    const judged = runApp('dist/validate/main.js', `--run=${run}`);
    expect(judged).toMatchObject({ status: 0 });
    const best = await loadCheckpoint(join(run, 'best.safetensors'));
    const evaluation = JSON.parse(readFileSync(join(run, 'evaluation/evaluation.json'), 'utf8')) as {
      step: number;
      cases: { case: string; scores: { dice: number } }[];
    };
    expect(evaluation.step).toBe(best.step);
    expect(evaluation.cases.map((item) => item.case)).toEqual(['three']);
    expect(evaluation.cases[0]!.scores.dice).toBe(best.bestDice);
    const [head, row] = readFileSync(join(run, 'evaluation/cases.csv'), 'utf8').split('\n');
    expect(head).toMatch(/^case,label,dice,/);
    expect(row).toMatch(/^three,lung,/);
    expect(readdirSync(join(run, 'evaluation/worst'))).toEqual(['1-three.png']);

    expect(
      runApp('dist/export/main.js', `--run=${run}`, '--set=name=tiny-lungs', '--set=onnx=true'),
    ).toMatchObject({
      status: 0,
    });
    await selectBackend('cpu');
    const { description, network } = await loadModel(join(run, 'model'));
    const weights = network.stateDict();
    expect(Uint8Array.from(readFileSync(join(run, 'model/model.onnx')))).toEqual(exportOnnx(network));
    network.dispose();
    expect(description).toMatchObject({ name: 'tiny-lungs', preprocessing: { spacing: [1, 1, 1] } });
    for (const [name, { data }] of best.averaged!) expect(weights.get(name)?.data).toEqual(data);
    const card = readFileSync(join(run, 'model/MODEL_CARD.md'), 'utf8');
    expect(card).toContain('Research use only. Not for clinical use.');
    expect(card).toContain(description.weights.sha256);
    expect(card).toContain('- three (image');
    expect(card).toMatch(/xychart-beta\n {2}title "Loss in training[^"]*"\n {2}x-axis "step" \[3, 6\]/);
    expect(card).toContain(`| dice | ${best.bestDice!.toFixed(4)} |`);
  });

  test("a model, or MONAI's weights under the same names, is what another run may begin from", async () => {
    const [run, tuned] = [join(folder, 'judged'), join(folder, 'tuned')];
    const from = [`--set=initialWeights=${join(run, 'model/weights.safetensors')}`, '--set=averageDecay=0'];
    const still = ['--set=optimizer.learningRate=1e-12', '--set=epochs=1', '--set=stepsPerEpoch=1'];
    expect(tiny(tuned, ...from, ...still)).toMatchObject({ status: 0 });
    const [begun, { weights }] = await Promise.all([
      loadCheckpoint(join(run, 'best.safetensors')),
      loadCheckpoint(join(tuned, 'last.safetensors')),
    ]);
    const name = [...weights.keys()].find((key) => key.endsWith('conv1.weight'))!;
    const expected = begun.averaged!.get(name)!.data as Float32Array;
    const actual = weights.get(name)!.data as Float32Array;
    expect(Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-9);
  });

  test('a mean of two runs is a model, too, and of two networks there is none', async () => {
    const [run, other] = [join(folder, 'judged'), join(folder, 'other')];
    expect(tiny(other, '--set=seed=7')).toMatchObject({ status: 0 });
    const output = join(folder, 'mean');
    const last = [
      '--set=checkpoint=last',
      `--set=meanWith=${other}`,
      '--set=meanShare=0.25',
      `--output=${output}`,
    ];
    expect(runApp('dist/export/main.js', `--run=${run}`, ...last)).toMatchObject({ status: 0 });
    const [a, b] = await Promise.all(
      [run, other].map(async (path) => (await loadCheckpoint(join(path, 'last.safetensors'))).averaged!),
    );
    const { network } = await loadModel(output);
    const weights = network.stateDict();
    network.dispose();
    for (const [name, { data }] of weights) {
      const [x, y] = [a!.get(name)!.data, b!.get(name)!.data];
      if (data instanceof BigInt64Array) expect(data).toEqual(x);
      else
        data.forEach((value, n) => expect(value).toBeCloseTo(0.75 * Number(x[n]) + 0.25 * Number(y[n]), 6));
    }
    expect(readFileSync(join(output, 'MODEL_CARD.md'), 'utf8')).toContain(
      `averaged with those of ${other} by a share of 0.25`,
    );
    const alone = runApp('dist/export/main.js', `--run=${run}`, '--set=meanShare=0.25');
    expect(alone).toMatchObject({ status: 1 });
    expect(alone.output).toContain('meanShare needs meanWith');
    const wider = join(folder, 'wider');
    expect(tiny(wider, '--set=network.width=0.125')).toMatchObject({ status: 0 });
    const refused = runApp('dist/export/main.js', `--run=${run}`, `--set=meanWith=${wider}`);
    expect(refused).toMatchObject({ status: 1 });
    expect(refused.output).toContain('Runs must be of one network to be averaged');
  }, 120_000);

  test('say what is missing', () => {
    const none = runApp('dist/validate/main.js', `--run=${join(folder, 'none')}`);
    expect(none.status).toBe(1);
    expect(none.output).toContain('is not the folder of a run: it has no config.json');
    const wrong = runApp('dist/export/main.js', '--set=chekpoint=last');
    expect(wrong.status).toBe(1);
    expect(wrong.output).toContain('Did you mean checkpoint?');
  });
});
