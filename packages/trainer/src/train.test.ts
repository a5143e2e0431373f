import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@lungseg/backend';
import { createGeometry, createVolume, Rng, type Network, type Sample, type StateDict } from '@lungseg/core';
import { diceCrossEntropyLoss } from '@lungseg/losses';
import { lastValueFrom, toArray } from 'rxjs';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.js';
import type { StepEvent, TrainingEvent } from './events.js';
import { DynamicLossScale } from './loss-scale.js';
import { Sgd } from './sgd.js';
import { train, type TrainOptions } from './train.js';

/** One 1x1x1 convolution from an intensity to two logits: enough to learn a threshold. */
class Threshold implements Network<tf.Tensor, tf.Variable> {
  readonly name = 'Threshold';
  readonly inChannels = 1;
  readonly outChannels = 2;
  readonly sizeMultiple = [1, 1, 1] as const;
  readonly #weight = tf.variable(tf.tensor2d([[0.1, -0.1]]));
  readonly #bias = tf.variable(tf.tensor1d([0, 0]));

  apply(input: tf.Tensor): tf.Tensor {
    const rows = tf.reshape(input, [-1, 1]) as tf.Tensor2D;
    return tf.reshape(tf.add(tf.matMul(rows, this.#weight as tf.Tensor2D), this.#bias), [
      ...input.shape.slice(0, 4),
      2,
    ]);
  }

  trainableVariables(): ReadonlyMap<string, tf.Variable> {
    return new Map<string, tf.Variable>([
      ['weight', this.#weight],
      ['bias', this.#bias],
    ]);
  }

  stateDict(): StateDict {
    return new Map(
      [...this.trainableVariables()].map(([name, v]) => [
        name,
        { shape: v.shape, data: Float32Array.from(v.dataSync<'float32'>()) },
      ]),
    );
  }

  loadStateDict(state: StateDict): void {
    for (const [name, variable] of this.trainableVariables()) {
      tf.tidy(() => variable.assign(tf.tensor(state.get(name)!.data as Float32Array, variable.shape)));
    }
  }

  dispose(): void {
    tf.dispose([this.#weight, this.#bias]);
  }
}

const geometry = createGeometry({ size: [4, 4, 4] });
function sampleAt(step: number): Promise<Sample> {
  const rng = new Rng(step);
  const image = Float32Array.from({ length: 64 }, () => rng.uniform(-1, 1));
  const label = Uint8Array.from(image, (value) => (value > 0.2 ? 1 : 0));
  return Promise.resolve({
    image: createVolume(image, geometry),
    label: createVolume(label, geometry, 'label'),
  });
}

let folder: string;
beforeAll(async () => {
  await selectBackend('auto');
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-train-'));
});
afterEach(() => rm(folder, { recursive: true }));

function run(network: Threshold, options: Partial<TrainOptions>): Promise<TrainingEvent[]> {
  const all: TrainOptions = {
    network,
    networkOptions: '{}',
    loss: diceCrossEntropyLoss(),
    schedule: () => 0.05,
    sampleAt,
    totalSteps: 40,
    stepsPerEpoch: 10,
    folder,
    averageDecay: 0.9,
    ...options,
  };
  return lastValueFrom(train(all).pipe(toArray()));
}

const losses = (events: readonly TrainingEvent[]): number[] =>
  events.filter((e): e is StepEvent => e.type === 'step').map((e) => e.loss);

const epochs = (events: readonly TrainingEvent[]): TrainingEvent[] =>
  events.filter((e) => e.type === 'epoch');

describe('train', () => {
  test('lowers the loss, reports epochs and checkpoints in order, and leaks no tensor', async () => {
    const network = new Threshold();
    const before = tf.memory().numTensors;
    const events = await run(network, {});
    expect(tf.memory().numTensors).toBe(before);
    const values = losses(events);
    expect(values).toHaveLength(40);
    expect(values[39]).toBeLessThan(0.8 * values[0]!);
    expect(events.filter((e) => e.type === 'epoch')).toHaveLength(4);
    expect(events.slice(-2).map((e) => e.type)).toEqual(['checkpoint', 'done']);
    network.dispose();
  });

  test('leaves out steps whose scaled gradients overflow, and else takes those of a run without scaling', async () => {
    // A gradient that passes through a number with a limited range, as in float16.
    const narrow = tf.customGrad((x) => ({
      value: (x as tf.Tensor).clone(),
      gradFunc: (dy) => tf.mul(tf.mul(dy as tf.Tensor, 1e10), 1e-10),
    }));
    const loss: TrainOptions['loss'] = (logits, label) => diceCrossEntropyLoss()(narrow(logits), label);
    const options = { loss, sampleAt: () => sampleAt(1), averageDecay: 0.9 };
    const [plain, scaled, resumed] = [new Threshold(), new Threshold(), new Threshold()];
    const expected = losses(await run(plain, { ...options, totalSteps: 10 }));
    const lossScale = new DynamicLossScale({ initial: 2 ** 110, growthInterval: 8 });
    await rm(folder, { recursive: true });
    await mkdir(folder);
    const events = await run(scaled, { ...options, lossScale, totalSteps: 30 });
    const steps = events.filter((e): e is StepEvent => e.type === 'step');
    const taken = steps.filter(({ isSkipped }) => isSkipped !== true);
    const first = taken[0]!.step - 1;
    expect(first).toBeGreaterThan(5);
    expect(taken[0]!.lossScale).toBe(2 ** (110 - first));
    expect(losses(events).slice(0, first)).toEqual(Array.from({ length: first }, () => expected[0]));
    expect(losses(taken).slice(0, 10)).toEqual(expected);
    const onward = new DynamicLossScale();
    const rest = await run(resumed, { ...options, lossScale: onward, totalSteps: 31, resume: true });
    expect(rest.find((e): e is StepEvent => e.type === 'step')?.lossScale).toBe(lossScale.scale);
    for (const network of [plain, scaled, resumed]) network.dispose();
  });

  test('leaves out a step whose scaled loss overflows, though the loss itself is finite', async () => {
    const [plain, scaled] = [new Threshold(), new Threshold()];
    const before = tf.memory().numTensors;
    const [expected] = losses(await run(plain, { totalSteps: 1 }));
    await rm(folder, { recursive: true });
    await mkdir(folder);
    const lossScale = new DynamicLossScale({ initial: 2 ** 130 });
    const [first] = await run(scaled, { lossScale, totalSteps: 1 });
    expect(first).toMatchObject({ type: 'step', loss: expected, isSkipped: true });
    expect(lossScale.scale).toBe(2 ** 129);
    expect(tf.memory().numTensors).toBe(before);
    for (const network of [plain, scaled]) network.dispose();
  });

  test('stops where even a loss scale below 1 overflows', async () => {
    const network = new Threshold();
    const endless = tf.customGrad((x) => ({
      value: (x as tf.Tensor).clone(),
      gradFunc: (dy) => tf.mul(dy as tf.Tensor, Infinity),
    }));
    const loss: TrainOptions['loss'] = (logits, label) => diceCrossEntropyLoss()(endless(logits), label);
    await expect(run(network, { loss, lossScale: new DynamicLossScale({ initial: 4 }) })).rejects.toThrow(
      /The gradients must stay finite\. Received: a norm of .* at step 3, sample 2/,
    );
    network.dispose();
  });

  test('resumed from a checkpoint, takes the steps that an uninterrupted run takes', async () => {
    const [whole, first, second] = [new Threshold(), new Threshold(), new Threshold()];
    const expected = await run(whole, {});
    await rm(folder, { recursive: true });
    await mkdir(folder);
    const abort = new AbortController();
    const begun: TrainingEvent[] = [];
    const interrupted = train({
      network: first,
      networkOptions: '{}',
      loss: diceCrossEntropyLoss(),
      schedule: () => 0.05,
      sampleAt,
      totalSteps: 40,
      stepsPerEpoch: 10,
      folder,
      averageDecay: 0.9,
      signal: abort.signal,
    });
    await new Promise<void>((resolve, reject) =>
      interrupted.subscribe({
        next: (event) => {
          begun.push(event);
          if (event.type === 'step' && event.step === 17) abort.abort();
        },
        error: reject,
        complete: resolve,
      }),
    );
    expect(begun[begun.length - 1]).toMatchObject({ type: 'checkpoint', step: 17 });
    const rest = await run(second, { resume: true });
    expect(rest[0]).toMatchObject({ type: 'resume', step: 17, passedOver: [] });
    expect([...losses(begun), ...losses(rest)]).toEqual(losses(expected));
    // The epoch that was interrupted has the mean of all its steps.
    expect(epochs([...begun, ...rest])).toEqual(epochs(expected));
    expect(second.stateDict()).toEqual(whole.stateDict());
    for (const network of [whole, first, second]) network.dispose();
  });

  test('keeps the best checkpoint by validation Dice, measured on the averaged weights', async () => {
    const network = new Threshold();
    const seen: number[] = [];
    const events = await run(network, {
      validateEvery: 10,
      validate: () => {
        seen.push(0.5 - 0.1 * seen.length);
        return Promise.resolve({ a: seen[seen.length - 1]!, empty: Number.NaN });
      },
    });
    const best = events.filter((e) => e.type === 'checkpoint' && e.best);
    expect(best).toMatchObject([{ step: 10 }]);
    expect(events.find((e) => e.type === 'validation')).toMatchObject({ meanDice: 0.5, step: 10 });
    network.dispose();
  });

  test('stops at a loss that is not finite, and says at which step and sample', async () => {
    const network = new Threshold();
    const before = network.stateDict();
    const broken = (logits: tf.Tensor): tf.Tensor => tf.mul(tf.mean(logits), Number.NaN);
    const running = run(network, {
      loss: broken,
      samplesPerStep: 2,
      nameOfSample: (index) => `case-${index}`,
    });
    await expect(running).rejects.toThrow(
      /^The loss must stay finite\. Received: NaN at step 1, sample 0 \(case-0\): its image goes from -?\d.* with 0 values that are not finite, and \d+\.\d % of its label is foreground\. Lower the learning rate/,
    );
    expect(network.stateDict()).toEqual(before);
    network.dispose();
  });

  test('stops at a gradient that is not finite, with the weights as they were', async () => {
    const network = new Threshold();
    const before = network.stateDict();
    // The square root of nothing has a finite value and an infinite slope.
    const steep = (logits: tf.Tensor): tf.Tensor => tf.sum(tf.sqrt(tf.mul(logits, 0)));
    await expect(run(network, { loss: steep })).rejects.toThrow(
      /^The gradients must stay finite\. Received: a norm of NaN at step 1/,
    );
    expect(network.stateDict()).toEqual(before);
    network.dispose();
  });

  test('averages the gradients of the samples of a step: twice the same sample is once that sample', async () => {
    const [once, twice] = [new Threshold(), new Threshold()];
    const one = await run(once, { totalSteps: 8 });
    const two = await run(twice, {
      totalSteps: 8,
      samplesPerStep: 2,
      sampleAt: (index) => sampleAt(Math.floor(index / 2)),
    });
    losses(one).forEach((value, i) => expect(losses(two)[i]).toBeCloseTo(value, 6));
    expect(two[0]).toMatchObject({ type: 'step', samples: 2 });
    for (const network of [once, twice]) network.dispose();
  });

  test('reports the norm before clipping, and moves by the clipped gradient', async () => {
    const network = new Threshold();
    const before = network.stateDict();
    const events = await run(network, {
      totalSteps: 1,
      optimizer: new Sgd({ momentum: 0 }),
      schedule: () => 1,
      maxGradientNorm: 1e-3,
    });
    const step = events[0] as StepEvent;
    expect(step.gradientNorm).toBeGreaterThan(1e-3);
    const squares = [...network.stateDict()].flatMap(([name, { data }]) =>
      [...(data as Float32Array)].map((value, i) => (value - Number(before.get(name)!.data[i])) ** 2),
    );
    expect(Math.sqrt(squares.reduce((a, b) => a + b))).toBeCloseTo(1e-3, 6);
    network.dispose();
  });

  test('ends when validation Dice has stopped rising, also where it is resumed then', async () => {
    const network = new Threshold();
    const scores = [0.5, 0.6, 0.6, 0.55];
    const options: Partial<TrainOptions> = {
      validateEvery: 5,
      patience: 2,
      validate: (step) => Promise.resolve({ a: scores[step / 5 - 1]! }),
    };
    const events = await run(network, options);
    expect(events[events.length - 1]).toEqual({ type: 'done', step: 20, reason: 'early-stopping' });
    expect(events[events.length - 2]).toMatchObject({ type: 'checkpoint', step: 20, best: false });
    const again = await run(network, { ...options, resume: true });
    expect(again.map((e) => e.type)).toEqual(['resume', 'done']);
    network.dispose();
  });

  test('resumed where averaging began late, averages as an uninterrupted run does', async () => {
    const [early, whole, part, rest] = [new Threshold(), new Threshold(), new Threshold(), new Threshold()];
    await run(early, { totalSteps: 20 });
    const last = join(folder, 'last.safetensors');
    const { averaged, averageUpdates, ...plain } = await loadCheckpoint(last);
    expect([averaged?.size, averageUpdates]).toEqual([2, 4]);
    await saveCheckpoint(last, plain);
    await run(whole, { resume: true });
    const expected = await loadCheckpoint(last);
    expect(expected.averageUpdates).toBe(4);
    await rm(folder, { recursive: true });
    await mkdir(folder);
    await saveCheckpoint(last, plain);
    await run(part, { resume: true, totalSteps: 30 });
    await run(rest, { resume: true });
    expect((await loadCheckpoint(last)).averaged).toEqual(expected.averaged);
    for (const network of [early, whole, part, rest]) network.dispose();
  });

  test('goes on from a checkpoint that does not say how many updates its average had', async () => {
    const [whole, part, rest] = [new Threshold(), new Threshold(), new Threshold()];
    await run(whole, {});
    const last = join(folder, 'last.safetensors');
    const expected = await loadCheckpoint(last);
    await rm(folder, { recursive: true });
    await mkdir(folder);
    await run(part, { totalSteps: 30 });
    const { averageUpdates, ...old } = await loadCheckpoint(last);
    expect(averageUpdates).toBe(6);
    await saveCheckpoint(last, old);
    await run(rest, { resume: true });
    expect((await loadCheckpoint(last)).averaged).toEqual(expected.averaged);
    for (const network of [whole, part, rest]) network.dispose();
  });

  test('goes on from the checkpoint before a damaged one to the same weights', async () => {
    const [whole, other] = [new Threshold(), new Threshold()];
    await run(whole, { keepCheckpoints: 3 });
    const last = join(folder, 'last.safetensors');
    const bytes = await readFile(last);
    await writeFile(last, bytes.subarray(0, 500));
    const events = await run(other, { resume: true });
    expect(events[0]).toMatchObject({
      type: 'resume',
      step: 30,
      passedOver: [expect.stringContaining('last.safetensors')],
    });
    expect(other.stateDict()).toEqual(whole.stateDict());
    for (const network of [whole, other]) network.dispose();
  });

  test('resumed from before damaged checkpoints, keeps the one it went on from, not those', async () => {
    const [whole, other] = [new Threshold(), new Threshold()];
    await run(whole, { keepCheckpoints: 3 });
    for (const name of ['last.safetensors', 'step-000030.safetensors'])
      await writeFile(join(folder, name), 'damaged');
    await run(other, { resume: true, totalSteps: 35, checkpointEvery: 35 });
    expect((await readdir(folder)).sort()).toEqual([
      'last.safetensors',
      'step-000020.safetensors',
      'step-000035.safetensors',
    ]);
    for (const network of [whole, other]) network.dispose();
  });

  test('gives the error of a sample that can not be made, though it comes while a step is under way', async () => {
    const network = new Threshold();
    const failing = (index: number): Promise<Sample> =>
      index === 3 ? Promise.reject(new Error('case 3 is gone')) : sampleAt(index);
    await expect(run(network, { sampleAt: failing })).rejects.toThrow('case 3 is gone');
    network.dispose();
  });
});
