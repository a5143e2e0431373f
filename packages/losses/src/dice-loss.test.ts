import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@lungseg/backend';
import { diceCrossEntropyLoss } from './dice-cross-entropy-loss.js';
import { diceLoss } from './dice-loss.js';

beforeAll(async () => {
  await selectBackend('auto');
});

/** Two voxels, two classes: probabilities of class 1 are 0.75 and 0.5. */
const logits = (): tf.Tensor => tf.tensor([0, Math.log(3), 0, 0], [1, 1, 1, 2, 2]);
const label = (): tf.Tensor => tf.tensor([1, 0], [1, 1, 1, 2, 1]);
const valueOf = (f: () => tf.Tensor): number => tf.tidy(() => f().dataSync()[0]!);

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
