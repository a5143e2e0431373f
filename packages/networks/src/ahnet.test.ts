import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@lungseg/backend';
import { formatSafetensors, parseSafetensors } from '@lungseg/core';
import { AHNet } from './ahnet.js';
import { ahnetParameterSpecs } from './ahnet-parameters.js';
import { resolveAHNetOptions, type AHNetOptions, type UpsampleMode } from './ahnet-options.js';

const SMALL: AHNetOptions = { layers: [1, 1, 1, 1], outChannels: 2, pspBlockNum: 0, width: 0.0625 };

beforeAll(async () => {
  await selectBackend('auto');
});

let tensorsBefore = 0;
beforeAll(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterAll(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

describe('AHNet', () => {
  test.each(['transpose', 'trilinear', 'nearest'] as UpsampleMode[])(
    'keeps the spatial size, %s',
    (upsampleMode) => {
      const network = new AHNet({ ...SMALL, upsampleMode, pspBlockNum: 1 });
      const shape = tf.tidy(() => network.apply(tf.zeros([2, 32, 32, 64, 1]), 'evaluate').shape);
      expect(shape).toEqual([2, 32, 32, 64, 2]);
      network.dispose();
    },
  );

  test('takes 2-D images', () => {
    const network = new AHNet({ ...SMALL, spatialDims: 2, upsampleMode: 'bilinear' });
    expect(tf.tidy(() => network.apply(tf.zeros([1, 32, 64, 1]), 'evaluate').shape)).toEqual([1, 32, 64, 2]);
    network.dispose();
  });

  test.each([
    ['trilinear', 27_086_072],
    ['transpose', 38_128_920],
  ] as const)('has as many parameters as MONAI, %s', (upsampleMode, expected) => {
    const options = resolveAHNetOptions({ pspBlockNum: 0, upsampleMode, outChannels: 2 });
    const count = ahnetParameterSpecs(options)
      .filter((spec) => spec.trainable)
      .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(count).toBe(expected);
  });

  test('moves its running statistics in training only', () => {
    const network = new AHNet(SMALL);
    const mean = (): number => (network.stateDict().get('bn0.running_mean')!.data as Float32Array)[0]!;
    const input = tf.randomNormal([1, 32, 64, 64, 1], 1, 1, 'float32', 1);
    const before = mean();
    network.apply(input, 'frozen').dispose();
    network.apply(input, 'evaluate').dispose();
    expect(mean()).toBe(before);
    network.apply(input, 'train').dispose();
    expect(mean()).not.toBe(before);
    expect(network.stateDict().get('bn0.num_batches_tracked')!.data[0]).toBe(1n);
    tf.dispose(input);
    network.dispose();
  });

  test('gives the same output after its weights went through safetensors into another instance', () => {
    const [one, other] = [new AHNet(SMALL, 1), new AHNet(SMALL, 2)];
    other.loadStateDict(parseSafetensors(formatSafetensors(one.stateDict())).tensors);
    const input = tf.randomNormal([1, 32, 32, 32, 1], 0, 1, 'float32', 1);
    const outputs = [one, other].map((network) => {
      const output = network.apply(input, 'evaluate');
      const values = output.dataSync<'float32'>();
      output.dispose();
      return values;
    });
    expect(outputs[0]).toEqual(outputs[1]);
    input.dispose();
    one.dispose();
    other.dispose();
  });

  test('says which size fits', () => {
    const network = new AHNet(SMALL);
    const apply =
      (shape: number[]): (() => tf.Tensor) =>
      () =>
        tf.tidy(() => network.apply(tf.zeros(shape), 'evaluate'));
    expect(apply([1, 30, 64, 64, 1])).toThrow(
      'depth must be a multiple of 32. Received: 30. Pad to 32, with padToMultiple(32).',
    );
    expect(apply([1, 32, 64, 70, 1])).toThrow('width must be a multiple of 32. Received: 70. Pad to 96');
    expect(apply([1, 32, 64, 64, 2])).toThrow(
      'AHNet takes [N, D, H, W, C] with 1 channel(s). Received: [1, 32, 64, 64, 2].',
    );
    network.dispose();
  });

  test('refuses the weights of another network, by name and shape', () => {
    const [narrow, wide] = [new AHNet(SMALL), new AHNet({ ...SMALL, width: 0.125 })];
    expect(() => narrow.loadStateDict(wide.stateDict())).toThrow(
      /The parameter conv1\.weight must be float32 of shape \[4, 1, 7, 7, 3\]\. Received: \[8, 1, 7, 7, 3\]/,
    );
    expect(() => narrow.loadStateDict(new Map())).toThrow(
      /conv1\.weight, bn0\.weight, bn0\.bias and \d+ more missing, none unexpected/,
    );
    narrow.dispose();
    wide.dispose();
  });
});

describe('resolveAHNetOptions', () => {
  test("has MONAI's defaults", () => {
    expect(resolveAHNetOptions()).toEqual({
      layers: [3, 4, 6, 3],
      spatialDims: 3,
      inChannels: 1,
      outChannels: 1,
      pspBlockNum: 4,
      upsampleMode: 'transpose',
      width: 1,
    });
  });

  test.each([
    [{ pspBlockNum: 5 }, 'pspBlockNum must be an integer from 0 to 4. Received: 5.'],
    [{ width: 0 }, 'width must be a positive number. Received: 0.'],
    [
      { upsampleMode: 'cubic' as UpsampleMode },
      'upsampleMode must be one of transpose, trilinear, bilinear, nearest. Received: cubic.',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => resolveAHNetOptions(options)).toThrow(message);
  });
});
