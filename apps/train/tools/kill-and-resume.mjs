// Kills a small training run at random moments (SIGKILL), resumes it each time, and compares what it ends with to a run
// that was never killed: weights, optimizer and losses must be the same to the bit.
// `npx nx run train:kill-and-resume --kills=20`
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createGeometry, createVolume, Rng } from '@lungseg/core';
import { writeVolume } from '@lungseg/io';
import { loadCheckpoint } from '@lungseg/trainer';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const kills = Number(values.kills);
const rng = new Rng(Number(values.seed));
const main = path.join(import.meta.dirname, '../dist/main.js');
const folder = mkdtempSync(path.join(tmpdir(), 'lungseg-kill-'));

/** A ball of lung in a box of tissue: nothing to learn from, but quick to read. */
async function makeCase(name) {
  const geometry = createGeometry({ size: [64, 64, 64], spacing: [1, 1, 1] });
  const noise = new Rng(name.length);
  const label = new Uint8Array(64 ** 3);
  const image = Int16Array.from(label, (_, n) => {
    const [x, y, z] = [n % 64, Math.floor(n / 64) % 64, Math.floor(n / 4096)];
    label[n] = (x - 32) ** 2 + (y - 30) ** 2 + (z - 34) ** 2 < 400 ? 1 : 0;
    return (label[n] === 1 ? -800 : 40) + Math.round(noise.normal(0, 30));
  });
  await writeVolume(path.join(folder, `${name}.nii`), createVolume(image, geometry));
  await writeVolume(path.join(folder, `${name}-lung.nii`), createVolume(label, geometry, 'label'));
  return { image: `${name}.nii`, label: `${name}-lung.nii`, patient: name };
}

const config = {
  name: 'kill and resume',
  output: 'set below',
  network: { width: 0.0625, layers: [1, 1, 1, 1] },
  data: { datalist: path.join(folder, 'datalist.json') },
  preprocessing: { spacing: [1, 1, 1] },
  crop: { size: [32, 32, 32] },
  augmentation: { flip: [0.5, 0.5, 0.5], noiseHu: 20, shiftHu: 20 },
  optimizer: {
    name: 'adamw',
    learningRate: 0.001,
    weightDecay: 0.01,
    schedule: 'cosine',
    warmupSteps: 3,
    samplesPerStep: 2,
    maxGradientNorm: 1,
    lossScaling: 'dynamic',
  },
  epochs: 8,
  stepsPerEpoch: 5,
  validateEveryEpochs: 2,
  averageDecay: 0.9,
  renormalizeFrom: 0.5,
  checkpoints: { everySteps: 2, keep: 3 },
};

/** Runs to the end, or to a kill after so many ms. */
function run(output, killAfterMs) {
  const resume =
    existsSync(path.join(output, 'last.safetensors')) || existsSync(path.join(output, 'best.safetensors'));
  const args = [
    main,
    '--config',
    path.join(folder, 'config.json'),
    '--set',
    `output=${output}`,
    '--no-dashboard',
  ];
  const child = spawn(process.execPath, [...args, ...(resume ? ['--resume'] : [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: undefined },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve('killed');
      else if (code === 0) resolve('done');
      else reject(new Error(`The run ended with ${code ?? signal}:\n${text}`));
    });
  });
}

/** Events of a run that was killed, whose last line may be half. */
function events(output) {
  return readFileSync(path.join(output, 'metrics.jsonl'), 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line)];
      } catch {
        return [];
      }
    });
}

/** What must be the same: all but times and paths. */
async function outcome(output) {
  const { about, ...last } = await loadCheckpoint(path.join(output, 'last.safetensors'));
  const best = await loadCheckpoint(path.join(output, 'best.safetensors'));
  const plain = (state) => [...(state ?? [])].map(([name, { data }]) => [name, Array.from(data, String)]);
  return JSON.stringify({
    about: JSON.parse(about).config.optimizer,
    last: {
      ...last,
      weights: plain(last.weights),
      averaged: plain(last.averaged),
      optimizer: plain(last.optimizer),
    },
    best: [best.step, plain(best.weights), plain(best.averaged)],
    events: events(output)
      .filter(({ type }) => ['step', 'epoch', 'validation'].includes(type))
      .map(({ type, step, loss, meanLoss, learningRate, gradientNorm, dice }) => [
        type,
        step,
        loss,
        meanLoss,
        learningRate,
        gradientNorm,
        dice,
      ]),
  });
}

try {
  mkdirSync(folder, { recursive: true });
  const training = [await makeCase('a'), await makeCase('bb')];
  const validation = [await makeCase('ccc')];
  writeFileSync(path.join(folder, 'datalist.json'), JSON.stringify({ training, validation }));
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  const whole = path.join(folder, 'whole');
  const begin = performance.now();
  await run(whole);
  const durationMs = performance.now() - begin;
  const expected = await outcome(whole);
  console.log(`seed ${values.seed}: the run that is never killed takes ${(durationMs / 1000).toFixed(1)} s`);
  let [killed, runs] = [0, 0];
  while (killed < kills) {
    const output = path.join(folder, `run-${runs}`);
    let result = 'killed';
    while (result === 'killed') {
      const after = killed < kills ? rng.uniform(0, durationMs) : undefined;
      result = await run(output, after);
      if (result === 'killed') {
        killed++;
        const step = existsSync(path.join(output, 'metrics.jsonl')) ? (events(output).at(-1)?.step ?? 0) : 0;
        console.log(`kill ${killed} after ${(after / 1000).toFixed(1)} s, at step ${step}`);
      }
    }
    if ((await outcome(output)) !== expected)
      throw new Error(`Run ${runs} differs from the one that was never killed.`);
    runs++;
  }
  console.log(
    `${killed} kills in ${runs} run(s): weights, optimizer, average, losses and Dice are the same to the bit`,
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
