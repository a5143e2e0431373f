import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@lungseg/backend';
import type { NamedArray } from '@lungseg/core';
import { diceLoss } from '@lungseg/losses';
import { AHNet } from '@lungseg/networks';
import { Adam, optimizationStep } from '@lungseg/trainer';

interface Reference {
  readonly seed: number;
  readonly learningRate: number;
  readonly layers: [number, number, number, number];
  /** x, y, z. */
  readonly size: [number, number, number];
  readonly losses: readonly number[];
}

/**
 * Made by make_adam_steps.py with PyTorch and MONAI, at the learning rate of Clara's recipe, 1e-4. At ten times that, the
 * ten steps are chaotic enough for float32 to matter: PyTorch's own losses in float32 and float64 then differ by 2e-4,
 * and ours from PyTorch's by 1.3e-3.
 */
const reference = JSON.parse(
  readFileSync(new URL('../fixtures/adam-steps.json', import.meta.url), 'utf8'),
) as Reference;

/** The numbers in [-1, 1) that the script makes of a name. */
function uniform(name: string, count: number): Float32Array {
  const { imul } = Math;
  let base = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) base = imul(base ^ byte, 0x01000193) >>> 0;
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let h = (imul(i, 0x9e3779b9) + base + reference.seed) >>> 0;
    h = imul(h ^ (h >>> 16), 0x85ebca6b);
    h = imul(h ^ (h >>> 13), 0xc2b2ae35);
    values[i] = ((h ^ (h >>> 16)) >>> 0) / 2 ** 31 - 1;
  }
  return values;
}

function filled(name: string, { shape, data }: NamedArray): NamedArray {
  const fan = shape.slice(1).reduce((a, b) => a * b, 1);
  const scale = Math.fround(Math.sqrt(6 / fan));
  const valueOf =
    shape.length >= 3
      ? (u: number) => u * scale
      : name.endsWith('running_mean') || name.endsWith('bias')
        ? (u: number) => 0.1 * u
        : name.endsWith('running_var')
          ? (u: number) => 3 * (1 + 0.2 * u)
          : (u: number) => 1 + 0.1 * u;
  return { shape, data: uniform(name, data.length).map(valueOf) };
}

/** [X, Y, Z] as PyTorch has it to [1, Z, Y, X, 1]. */
const toTensor = (values: Float32Array): tf.Tensor =>
  tf.tidy(() =>
    tf.reshape(tf.transpose(tf.tensor(values, reference.size), [2, 1, 0]), [1, ...reversedSize(), 1]),
  );
const reversedSize = (): number[] => [...reference.size].reverse();

let network: AHNet;
beforeAll(async () => {
  await selectBackend('auto');
  network = new AHNet({
    layers: reference.layers,
    pspBlockNum: 0,
    upsampleMode: 'trilinear',
    outChannels: 2,
  });
});
afterAll(() => network.dispose());

test("ten Adam steps of AH-Net have PyTorch's losses within 1e-3", () => {
  network.loadStateDict(
    new Map(
      [...network.stateDict()]
        .filter(([, { data }]) => data instanceof Float32Array)
        .map(([name, array]) => [name, filled(name, array)]),
    ),
  );
  const [nx, ny, nz] = reference.size;
  const plane = ny * nz;
  const label = uniform('label', nx * plane).map((u, n) =>
    u < -1 + (2 * Math.floor(n / plane)) / (nx - 1) ? 1 : 0,
  );
  const batch = { image: toTensor(uniform('image', nx * plane)), label: toTensor(label) };
  const optimizer = new Adam();
  const loss = diceLoss();
  const losses = reference.losses.map(
    () =>
      optimizationStep({
        network,
        loss,
        optimizer,
        batches: [batch],
        learningRate: reference.learningRate,
        mode: 'frozen',
      }).losses[0]!,
  );
  tf.dispose([batch.image, batch.label]);
  expect(losses).toHaveLength(10);
  losses.forEach((value, i) => expect(Math.abs(value - reference.losses[i]!)).toBeLessThan(1e-3));
  // The steps did something: PyTorch's loss falls by 0.032.
  expect(losses[9]).toBeLessThan(losses[0]! - 0.02);
});
