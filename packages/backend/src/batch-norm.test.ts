import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { nativeBatchNorm } from './batch-norm-native.js';
import { portableBatchNorm } from './batch-norm-portable.js';
import {
  batchNormRunning,
  batchNormTrain,
  batchRenormTrain,
  type BatchNormParameters,
} from './batch-norm.js';
import { isNative } from './native.js';
import { selectBackend } from './select-backend.js';

const EPSILON = 1e-5;
let x: tf.Tensor4D;
let dy: tf.Tensor4D;
let parameters: BatchNormParameters;

beforeAll(async () => {
  await selectBackend('auto');
  x = tf.randomNormal([1, 6, 5, 3], 0.5, 2, 'float32', 1);
  dy = tf.randomNormal([1, 6, 5, 3], 0, 1, 'float32', 2);
  parameters = {
    gamma: tf.tensor1d([1.5, -0.5, 1]),
    beta: tf.tensor1d([0.1, 0.2, -0.3]),
    runningMean: tf.tensor1d([0.4, 0.6, 0.5]),
    runningVariance: tf.tensor1d([3, 4, 5]),
  };
});

afterAll(() => {
  tf.dispose([x, dy, parameters as unknown as tf.TensorContainer]);
});

const largestDifference = (a: tf.Tensor, b: tf.Tensor): number =>
  tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!);

describe('portable batch normalisation', () => {
  test('gives each channel mean beta and standard deviation |gamma|', () => {
    tf.tidy(() => {
      const { y } = portableBatchNorm.forwardBatch(x, parameters, { epsilon: 0, relu: false });
      const { mean, variance } = tf.moments(y, [0, 1, 2]);
      expect(largestDifference(mean, parameters.beta)).toBeLessThan(1e-5);
      expect(largestDifference(tf.sqrt(variance), tf.abs(parameters.gamma))).toBeLessThan(1e-5);
    });
  });

  test.each([true, false])(
    'has the gradient of its forward pass by finite differences (batch statistics: %s)',
    (batch) => {
      tf.tidy(() => {
        const options = { epsilon: EPSILON, relu: false };
        const forward = (input: tf.Tensor4D): tf.Tensor4D =>
          batch
            ? portableBatchNorm.forwardBatch(input, parameters, options).y
            : portableBatchNorm.forwardRunning(input, parameters, options);
        const saved = batch
          ? portableBatchNorm.forwardBatch(x, parameters, options).saved
          : [parameters.runningMean, parameters.runningVariance];
        const [dx] = portableBatchNorm.backward(dy, x, forward(x), parameters.gamma, saved, {
          ...options,
          batchStatistics: batch,
        });
        const direction = tf.randomNormal<tf.Rank.R4>([1, 6, 5, 3], 0, 1, 'float32', 3);
        const h = 1e-2;
        const numeric = tf.sum(
          tf.mul(
            dy,
            tf.div(
              tf.sub(forward(tf.add(x, tf.mul(direction, h))), forward(tf.sub(x, tf.mul(direction, h)))),
              2 * h,
            ),
          ),
        );
        const analytic = tf.sum(tf.mul(dx, direction));
        expect(analytic.dataSync()[0]).toBeCloseTo(numeric.dataSync()[0]!, 2);
      });
    },
  );
});

describe('native batch normalisation', () => {
  test.each([
    ['batch', true],
    ['batch', false],
    ['running', true],
    ['running', false],
  ] as const)(
    'matches the portable one, %s statistics, relu %s: values and gradients',
    (statistics, relu) => {
      if (!isNative()) throw new Error('This test needs the native backend: npx nx run native:provision.');
      tf.tidy(() => {
        const options = { epsilon: EPSILON, relu };
        const results = [nativeBatchNorm, portableBatchNorm].map((kernels) => {
          if (statistics === 'running') {
            const y = kernels.forwardRunning(x, parameters, options);
            const saved = [parameters.runningMean, parameters.runningVariance];
            return [
              y,
              ...kernels.backward(dy, x, y, parameters.gamma, saved, { ...options, batchStatistics: false }),
            ];
          }
          const { y, mean, variance, saved } = kernels.forwardBatch(x, parameters, options);
          const gradients = kernels.backward(dy, x, y, parameters.gamma, saved, {
            ...options,
            batchStatistics: true,
          });
          return [y, mean, variance, ...gradients];
        });
        results[0]!.forEach((tensor, index) => {
          expect(largestDifference(tensor, results[1]![index]!)).toBeLessThan(2e-5);
        });
      });
    },
  );
});

describe('batchNormTrain and batchNormRunning', () => {
  test('take part in gradients of rank-5 tensors, for x, gamma and beta', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const x5 = tf.reshape(x, [1, 2, 3, 5, 3]);
      const run = (input: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor => {
        const p = { ...parameters, gamma: gamma as tf.Tensor1D, beta: beta as tf.Tensor1D };
        const { y, mean, variance } = batchNormTrain(input, p, { epsilon: EPSILON, relu: true });
        tf.dispose([mean, variance]);
        return tf.sum(tf.square(batchNormRunning(y, p, { epsilon: EPSILON, relu: true })));
      };
      const gradients = tf.grads(run)([x5, parameters.gamma, parameters.beta]);
      expect(gradients.map((g) => g.shape)).toEqual([[1, 2, 3, 5, 3], [3], [3]]);
      for (const gradient of gradients) expect(tf.max(tf.abs(gradient)).dataSync()[0]).toBeGreaterThan(0);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('give the unbiased variance, as PyTorch keeps it', () => {
    tf.tidy(() => {
      const values = tf.tensor4d([1, 2, 3, 6], [1, 4, 1, 1]);
      const one = tf.tensor1d([1]);
      const p = { gamma: one, beta: one, runningMean: one, runningVariance: one };
      const { y, mean, variance } = batchNormTrain(values, p, { epsilon: EPSILON, relu: false });
      expect(mean.dataSync()[0]).toBeCloseTo(3, 5);
      expect(variance.dataSync()[0]).toBeCloseTo(14 / 3, 4);
      tf.dispose([y, mean, variance]);
    });
  });
});

describe('batchRenormTrain', () => {
  const options = { epsilon: EPSILON, relu: false };

  /** What the paper writes, with its r and d as numbers: tfjs differentiates it by itself. */
  const reference = (input: tf.Tensor, p: BatchNormParameters, r: tf.Tensor, d: tf.Tensor): tf.Tensor => {
    const { mean, variance } = tf.moments(input, [0, 1, 2]);
    const normalised = tf.div(tf.sub(input, mean), tf.sqrt(tf.add(variance, EPSILON)));
    return tf.add(tf.mul(tf.add(tf.mul(normalised, r), d), p.gamma), p.beta);
  };

  const corrections = (p: BatchNormParameters): [tf.Tensor, tf.Tensor] => {
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    const running = tf.sqrt(tf.add(p.runningVariance, EPSILON));
    const r = tf.clipByValue(tf.div(tf.sqrt(tf.add(variance, EPSILON)), running), 1 / 3, 3);
    return [r, tf.clipByValue(tf.div(tf.sub(mean, p.runningMean), running), -5, 5)];
  };

  test('gives what the running statistics give, and the batch statistics to move them by', () => {
    tf.tidy(() => {
      const { y, mean, variance } = batchRenormTrain(x, parameters, options);
      expect(largestDifference(y, batchNormRunning(x, parameters, options))).toBeLessThan(1e-5);
      const own = batchNormTrain(x, parameters, options);
      expect(largestDifference(mean, own.mean)).toBe(0);
      expect(largestDifference(variance, own.variance)).toBe(0);
      tf.dispose([mean, variance, own.mean, own.variance]);
    });
  });

  test.each([
    ['near', [0.4, 0.6, 0.5], [3, 4, 5]],
    ['beyond the limits', [30, -30, 0.5], [400, 1e-3, 5]],
  ])('has the values and gradients of its paper, statistics %s', (_, runningMean, runningVariance) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const p = {
        ...parameters,
        runningMean: tf.tensor1d(runningMean),
        runningVariance: tf.tensor1d(runningVariance),
      };
      const [r, d] = corrections(p);
      const inputs = [x, p.gamma, p.beta];
      const of = (f: (x: tf.Tensor, p: BatchNormParameters) => tf.Tensor) =>
        tf.grads((input, gamma, beta) =>
          f(input, { ...p, gamma: gamma as tf.Tensor1D, beta: beta as tf.Tensor1D }),
        )(inputs, dy);
      const actual = of((input, q) => {
        const { y, mean, variance } = batchRenormTrain(input, q, options);
        tf.dispose([mean, variance]);
        return y;
      });
      const expected = of((input, q) => reference(input, q, r, d));
      const [value] = [batchRenormTrain(x, p, options)];
      expect(largestDifference(value.y, reference(x, p, r, d))).toBeLessThan(2e-4);
      tf.dispose([value.mean, value.variance]);
      actual.forEach((gradient, i) => {
        const size = tf.max(tf.abs(expected[i]!)).dataSync()[0]!;
        expect(largestDifference(gradient, expected[i]!)).toBeLessThan(1e-4 * Math.max(1, size));
      });
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
