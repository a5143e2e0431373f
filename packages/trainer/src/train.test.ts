import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@lungseg/backend';
import { createGeometry, createVolume, Rng, type Network, type Sample, type StateDict } from '@lungseg/core';
import { diceCrossEntropyLoss } from '@lungseg/losses';
import { lastValueFrom, toArray } from 'rxjs';
import type { StepEvent, TrainingEvent } from './events.js';
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

  test('resumed from a checkpoint, takes the steps that an uninterrupted run takes', async () => {
    const [whole, first, second] = [new Threshold(), new Threshold(), new Threshold()];
    const expected = losses(await run(whole, {}));
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
    const rest = await run(second, { resumeFrom: join(folder, 'last.safetensors') });
    expect([...losses(begun), ...losses(rest)]).toEqual(expected);
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

  test('stops at a loss that is not finite, and says at which step', async () => {
    const network = new Threshold();
    const loss = (): tf.Tensor => tf.scalar(Number.NaN);
    const broken = (logits: tf.Tensor): tf.Tensor => tf.mul(tf.mean(logits), loss());
    await expect(run(network, { loss: broken })).rejects.toThrow(
      'The loss must stay finite. Received: NaN at step 1.',
    );
    network.dispose();
  });
});
