import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@lungseg/backend';
import type { Loss } from '@lungseg/core';
import type { IgnoreOptions } from './align.js';
import { diceCrossEntropyLoss } from './dice-cross-entropy-loss.js';
import { diceLoss } from './dice-loss.js';
import { focalLoss } from './focal-loss.js';
import { generalizedDiceLoss } from './generalized-dice-loss.js';
import { tverskyLoss } from './tversky-loss.js';

beforeAll(async () => {
  await selectBackend('auto');
});

/** Two voxels, two classes: probabilities of class 1 are 0.75 and 0.5. */
const logits = (): tf.Tensor => tf.tensor([0, Math.log(3), 0, 0], [1, 1, 1, 2, 2]);
const label = (): tf.Tensor => tf.tensor([1, 0], [1, 1, 1, 2, 1]);
const valueOf = (f: () => tf.Tensor): number => tf.tidy(() => f().dataSync()[0]!);

const SURE = {
  diceLoss: diceLoss(),
  diceCrossEntropyLoss: diceCrossEntropyLoss(),
  generalizedDiceLoss: generalizedDiceLoss(),
  tverskyLoss: tverskyLoss(),
  focalLoss: focalLoss(),
  'focalLoss with gamma 0': focalLoss({ gamma: 0 }),
};

describe('diceLoss', () => {
  test('is 1 - mean of 2 |PG| / (|P| + |G|), by hand', () => {
    // Class 0: p = 0.25, 0.5; g = 0, 1. Class 1: p = 0.75, 0.5; g = 1, 0.
    const expected = 1 - ((2 * 0.5) / (0.75 + 1) + (2 * 0.75) / (1.25 + 1)) / 2;
    expect(valueOf(() => diceLoss()(logits(), label()))).toBeCloseTo(expected, 4);
  });

  test('leaves class 0 out where it is told to', () => {
    const loss = diceLoss({ includeBackground: false });
    expect(valueOf(() => loss(logits(), label()))).toBeCloseTo(1 - (2 * 0.75) / 2.25, 4);
  });

  test('is almost 0 for a perfect prediction and almost 1 for the opposite', () => {
    const sure = (first: number): tf.Tensor => tf.tensor([-first, first, first, -first], [1, 1, 1, 2, 2]);
    expect(valueOf(() => diceLoss()(sure(20), label()))).toBeLessThan(1e-4);
    expect(valueOf(() => diceLoss()(sure(-20), label()))).toBeGreaterThan(0.9999);
  });

  test('refuses a label of another shape', () => {
    expect(() => tf.tidy(() => diceLoss()(logits(), tf.zeros([1, 1, 2, 1, 1])))).toThrow(
      'label must be [1, 1, 1, 2, 1], one number a voxel. Received: [1, 1, 2, 1, 1].',
    );
  });

  test('leaks no tensor, with its gradient', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      tf.grad((x) => diceLoss()(x, label()))(logits());
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('diceCrossEntropyLoss', () => {
  test('adds the mean negative log-likelihood, by hand', () => {
    const crossEntropy = -(Math.log(0.75) + Math.log(0.5)) / 2;
    const dice = valueOf(() => diceLoss()(logits(), label()));
    expect(valueOf(() => diceCrossEntropyLoss()(logits(), label()))).toBeCloseTo(dice + crossEntropy, 4);
  });
});

describe('generalizedDiceLoss', () => {
  test('weights classes by the inverse square of their volume, by hand', () => {
    // Three voxels of class 0 and one of class 1, each with probability 1/2 for both.
    const flat = tf.zeros([1, 1, 1, 4, 2]);
    const one = tf.tensor([0, 0, 1, 0], [1, 1, 1, 4, 1]);
    const expected = 1 - (2 * (1.5 / 9 + 0.5)) / ((2 + 3) / 9 + (2 + 1));
    expect(valueOf(() => generalizedDiceLoss()(flat, one))).toBeCloseTo(expected, 5);
  });
});

describe('tverskyLoss', () => {
  test('weights what is found too much and what is missed, by hand', () => {
    const loss = tverskyLoss({ includeBackground: false, alpha: 0.2, beta: 0.7 });
    // Class 1: p = 0.75, 0.5; g = 1, 0.
    const expected = 1 - 0.75 / (0.75 + 0.2 * 0.5 + 0.7 * 0.25);
    expect(valueOf(() => loss(logits(), label()))).toBeCloseTo(expected, 4);
  });

  test('is the Dice loss with both weights at 1/2, but for the smoothing', () => {
    const smooth = { smoothNr: 0, smoothDr: 0 };
    const dice = valueOf(() => diceLoss(smooth)(logits(), label()));
    expect(valueOf(() => tverskyLoss(smooth)(logits(), label()))).toBeCloseTo(dice, 6);
  });
});

describe('focalLoss', () => {
  test('plays down what is right already, by hand', () => {
    const expected = -(0.25 ** 2 * Math.log(0.75) + 0.5 ** 2 * Math.log(0.5)) / 4;
    expect(valueOf(() => focalLoss()(logits(), label()))).toBeCloseTo(expected, 5);
  });
});

describe.each(Object.entries(SURE))('%s, where every voxel is sure to the last bit', (_name, loss) => {
  test.each([
    ['right', 1],
    ['wrong', -1],
  ])('and %s, has a finite value and gradient', (_case, sign) => {
    tf.tidy(() => {
      const sure = tf.tensor([-200, 200, 200, -200], [1, 1, 1, 2, 2]).mul<tf.Tensor>(sign);
      const { value, grad } = tf.valueAndGrad((x) => loss(x, label()) as tf.Scalar)(sure);
      expect([...value.dataSync(), ...grad.dataSync()].every(Number.isFinite)).toBe(true);
    });
  });
});

describe.each<[string, (options: IgnoreOptions) => Loss<tf.Tensor>]>([
  ['diceLoss', diceLoss],
  ['diceLoss over the batch', (options) => diceLoss({ ...options, batch: true, squaredPred: true })],
  ['diceCrossEntropyLoss', diceCrossEntropyLoss],
  ['generalizedDiceLoss', generalizedDiceLoss],
  ['tverskyLoss', tverskyLoss],
  ['focalLoss', focalLoss],
  ['focalLoss with alpha', (options) => focalLoss({ ...options, alpha: 0.3 })],
])('%s with an ignored label', (_name, lossWith) => {
  const some = [0.3, -1, 2, 0.5, -0.7, 0.1];
  const numbers = [1, 0, 1];

  test.each([9, 1])('is what it is without voxels of it: %i', (ignoreLabel) => {
    const kept = numbers.map((_, n) => n).filter((n) => numbers[n] !== ignoreLabel);
    const pairs = kept.flatMap((n) => some.slice(2 * n, 2 * n + 2));
    const without = valueOf(() =>
      lossWith({})(
        tf.tensor(pairs, [1, 1, 1, kept.length, 2]),
        tf.tensor(
          kept.map((n) => numbers[n]!),
          [1, 1, 1, kept.length, 1],
        ),
      ),
    );
    const logitsOfAll = tf.tensor([...some, 50, -3, 7, 7], [1, 1, 1, 5, 2]);
    const labelOfAll = tf.tensor([...numbers, ignoreLabel, ignoreLabel], [1, 1, 1, 5, 1]);
    const loss = lossWith({ ignoreLabel });
    expect(valueOf(() => loss(logitsOfAll, labelOfAll))).toBeCloseTo(without, 5);
    const gradient = tf.tidy(() =>
      tf
        .grad((x) => loss(x, labelOfAll))(logitsOfAll)
        .dataSync(),
    );
    expect([...gradient.slice(6)].map(Math.abs)).toEqual([0, 0, 0, 0]);
    expect(Math.max(...gradient.slice(0, 6).map(Math.abs))).toBeGreaterThan(1e-3);
  });

  test('is finite, without a gradient, where no voxel counts', () => {
    const none = tf.tensor([9, 9], [1, 1, 1, 2, 1]);
    const { value, grad } = tf.valueAndGrad((x) => lossWith({ ignoreLabel: 9 })(x, none) as tf.Scalar)(
      logits(),
    );
    expect(Number.isFinite(value.dataSync()[0])).toBe(true);
    expect([...grad.dataSync()].every((x) => x === 0)).toBe(true);
  });
});

describe('options that make no sense', () => {
  test.each([
    [() => tverskyLoss({ alpha: -1 }), 'alpha and beta must be 0 or more. Received: -1 and 0.5.'],
    [() => focalLoss({ gamma: -2 }), 'gamma must be 0 or more. Received: -2.'],
    [() => focalLoss({ alpha: 1.5 }), 'alpha must be between 0 and 1. Received: 1.5.'],
    [
      () => focalLoss({ alpha: 0.5, includeBackground: false }),
      'alpha balances the background against the rest.',
    ],
    ...[diceLoss, diceCrossEntropyLoss, generalizedDiceLoss, tverskyLoss, focalLoss].map(
      (loss) =>
        [() => loss({ ignoreLabel: NaN }), 'ignoreLabel must be a whole number. Received: NaN.'] as const,
    ),
    [
      () => diceCrossEntropyLoss({ lambdaCe: -1 }),
      'lambdaDice and lambdaCe must be 0 or more. Received: 1 and -1.',
    ],
  ])('are refused before anything is computed: %p', (make, message) => {
    expect(make).toThrow(message);
  });

  test('a single class is refused', () => {
    expect(() => tf.tidy(() => diceLoss()(tf.zeros([1, 1, 1, 2, 1]), label()))).toThrow(
      'logits must have two channels or more, one for each class. Received: [1, 1, 1, 2, 1].',
    );
  });
});
