import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { isNative, selectBackend } from '@lungseg/backend';
import { Rng } from '@lungseg/core';
import { AHNet } from './ahnet.js';
import type { AHNetOptions } from './ahnet-options.js';

const SMALL: AHNetOptions = { layers: [1, 2, 1, 1], outChannels: 2, pspBlockNum: 0, width: 0.0625 };

let tensorsBefore = 0;
beforeEach(async () => {
  await selectBackend('native');
  if (!isNative()) throw new Error('This test needs the native backend: npx nx run native:provision.');
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

/** A network whose normalisations do something: scales of both signs, and means and variances of their own. */
function randomNetwork(options: AHNetOptions): AHNet {
  const network = new AHNet(options, 1);
  const rng = new Rng(2);
  const state = new Map(network.stateDict());
  for (const [name, { shape, data }] of state) {
    if (data instanceof BigInt64Array || shape.length !== 1) continue;
    const draw = name.endsWith('running_var')
      ? (): number => rng.uniform(0.5, 2)
      : (): number => rng.uniform(-1, 1);
    state.set(name, { shape, data: data.map(draw) });
  }
  network.loadStateDict(state);
  return network;
}

const largestOf = (x: tf.Tensor): number => tf.tidy(() => tf.max(tf.abs(x)).dataSync()[0]!);
const relativeError = (actual: tf.Tensor, expected: tf.Tensor): number =>
  tf.tidy(() => largestOf(tf.sub(actual, expected)) / largestOf(expected));

async function compare(
  options: AHNetOptions,
  shape: number[],
  precision: 'float32' | 'bfloat16',
): Promise<number> {
  const network = randomNetwork(options);
  const prepared = await network.prepareForInference({ precision });
  const input = tf.randomNormal(shape, 0, 1, 'float32', 3);
  const [expected, actual] = [network.apply(input, 'evaluate'), prepared.apply(input)];
  expect(actual.shape).toEqual(expected.shape);
  const error = relativeError(actual, expected);
  tf.dispose([input, expected, actual]);
  prepared.dispose();
  network.dispose();
  return error;
}

describe('prepareForInference', () => {
  test.each<[string, AHNetOptions, number[]]>([
    ['trilinear', { ...SMALL, upsampleMode: 'trilinear' }, [1, 32, 64, 32, 1]],
    ['transpose, a batch of 2', { ...SMALL, upsampleMode: 'transpose' }, [2, 32, 32, 64, 1]],
    ['nearest, psp 2', { ...SMALL, upsampleMode: 'nearest', pspBlockNum: 2 }, [1, 32, 64, 32, 1]],
    ['trilinear, psp 2', { ...SMALL, upsampleMode: 'trilinear', pspBlockNum: 2 }, [1, 32, 64, 64, 1]],
    ['transpose, psp 1', { ...SMALL, upsampleMode: 'transpose', pspBlockNum: 1 }, [1, 32, 32, 32, 1]],
    ['2-D, bilinear', { ...SMALL, spatialDims: 2, upsampleMode: 'bilinear' }, [2, 64, 32, 1]],
    ['2-D, transpose, psp 1', { ...SMALL, spatialDims: 2, pspBlockNum: 1 }, [1, 64, 32, 1]],
  ])('matches evaluation on tensors, as a native graph: %s', async (_name, options, shape) => {
    expect(await compare(options, shape, 'float32')).toBeLessThan(2e-4);
  });

  test.each<[string, AHNetOptions, number[]]>([
    ['trilinear', { ...SMALL, upsampleMode: 'trilinear' }, [1, 32, 64, 32, 1]],
    [
      'trilinear, psp 2, a batch of 2',
      { ...SMALL, upsampleMode: 'trilinear', pspBlockNum: 2 },
      [2, 32, 32, 96, 1],
    ],
    ['transpose, psp 1', { ...SMALL, upsampleMode: 'transpose', pspBlockNum: 1 }, [1, 64, 32, 32, 1]],
    ['nearest', { ...SMALL, upsampleMode: 'nearest' }, [1, 32, 32, 32, 1]],
    ['2-D, bilinear, a batch of 3', { ...SMALL, spatialDims: 2, upsampleMode: 'bilinear' }, [3, 64, 32, 1]],
  ])('in bfloat16 differs from float32 by what 8 bits round: %s', async (_name, options, shape) => {
    const error = await compare(options, shape, 'bfloat16');
    expect(error).toBeGreaterThan(1e-4);
    expect(error).toBeLessThan(0.1);
  });

  test.each<[string, AHNetOptions]>([
    ['trilinear, psp 1', { ...SMALL, upsampleMode: 'trilinear', pspBlockNum: 1 }],
    ['transpose', { ...SMALL, upsampleMode: 'transpose' }],
  ])('matches evaluation on wasm, which has no graphs: %s', async (_name, options) => {
    await selectBackend('wasm');
    expect(await compare(options, [1, 32, 32, 32, 1], 'float32')).toBeLessThan(2e-4);
    await selectBackend('native');
  });

  test('keeps its weights when the network is changed and disposed, and takes inputs of many sizes', async () => {
    const network = randomNetwork({ ...SMALL, upsampleMode: 'trilinear' });
    const prepared = await network.prepareForInference();
    const inputs = [32, 64, 96].map((w) => tf.randomNormal([1, 32, 32, w, 1], 0, 1, 'float32', w));
    const expected = inputs.map((input) => network.apply(input, 'evaluate'));
    const other = new AHNet({ ...SMALL, upsampleMode: 'trilinear' }, 99);
    network.loadStateDict(other.stateDict());
    other.dispose();
    network.dispose();
    for (const index of [0, 1, 2, 0]) {
      const actual = prepared.apply(inputs[index]!);
      expect(relativeError(actual, expected[index]!)).toBeLessThan(2e-4);
      actual.dispose();
    }
    tf.dispose([inputs, expected]);
    prepared.dispose();
  });

  test('refuses sizes that do not fit, and precisions that the backend lacks', async () => {
    const network = new AHNet(SMALL);
    const prepared = await network.prepareForInference();
    const input = tf.zeros([1, 30, 64, 64, 1]);
    expect(() => prepared.apply(input)).toThrow('depth must be a multiple of 32. Received: 30.');
    input.dispose();
    prepared.dispose();
    await selectBackend('cpu');
    await expect(network.prepareForInference({ precision: 'bfloat16' })).rejects.toThrow(
      'bfloat16 needs the native backend. Received: cpu.',
    );
    await selectBackend('native');
    network.dispose();
  });
});
