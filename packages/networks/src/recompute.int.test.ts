import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from '@jest/globals';
import { selectBackend } from '@lungseg/backend';
import type { NetworkMode } from '@lungseg/core';
import type { AHNetOptions } from './ahnet-options.js';
import { AHNet } from './ahnet.js';

beforeAll(async () => {
  await selectBackend('native');
});

const SMALL = { width: 1 / 16, outChannels: 2 } as const;

/** A step's loss, gradients and running statistics, and the bytes that its forward pass keeps. */
function step(
  options: AHNetOptions,
  recompute: boolean,
  mode: NetworkMode,
): {
  numbers: Map<string, number[]>;
  bytes: number;
} {
  const network = new AHNet(options, 5);
  network.recompute = recompute;
  const shape = options.spatialDims === 2 ? [2, 32, 64, 1] : [1, 32, 32, 64, 1];
  const input = tf.randomNormal(shape, 0, 1, 'float32', 3);
  const before = tf.memory();
  let bytes = 0;
  const variables = network.trainableVariables();
  const { value, grads } = tf.variableGrads(() => {
    const loss = tf.mean(tf.square(network.apply(input, mode))) as tf.Scalar;
    bytes = tf.memory().numBytes - before.numBytes;
    return loss;
  }, [...variables.values()]);
  const numbers = new Map([['loss', [...value.dataSync()]]]);
  for (const [name, variable] of variables) numbers.set(name, [...grads[variable.name]!.dataSync()]);
  for (const [name, { data }] of network.stateDict()) {
    if (/running|tracked/.test(name)) numbers.set(name, Array.from<number | bigint, number>(data, Number));
  }
  tf.dispose([value, grads]);
  expect(tf.memory().numTensors).toBe(before.numTensors);
  input.dispose();
  network.dispose();
  return { numbers, bytes };
}

test.each<[string, AHNetOptions, NetworkMode]>([
  ['trilinear, psp 2', { ...SMALL, upsampleMode: 'trilinear', pspBlockNum: 2 }, 'train'],
  ['transpose, psp 1', { ...SMALL, upsampleMode: 'transpose', pspBlockNum: 1 }, 'train'],
  ['renormalized', { ...SMALL, upsampleMode: 'trilinear', pspBlockNum: 0 }, 'renormalize'],
  ['2-D', { ...SMALL, upsampleMode: 'transpose', pspBlockNum: 0, spatialDims: 2 }, 'train'],
])('recomputing blocks gives the same step, with less kept: %s', (_name, options, mode) => {
  const [kept, recomputed] = [step(options, false, mode), step(options, true, mode)];
  expect(recomputed.bytes).toBeLessThan(kept.bytes / 4);
  expect([...recomputed.numbers.keys()]).toEqual([...kept.numbers.keys()]);
  for (const [name, expected] of kept.numbers) {
    // Gradients are added in another order, and batch statistics amplify the rounding: 2e-7 more of the input changes some
    // of these gradients by a fifth.
    const largest = Math.max(...expected.map(Math.abs), 1e-6);
    recomputed.numbers
      .get(name)!
      .forEach((n, i) => expect(Math.abs(n - expected[i]!)).toBeLessThan(1e-3 * largest));
  }
});
