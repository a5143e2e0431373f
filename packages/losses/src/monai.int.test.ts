import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@lungseg/backend';
import { parseSafetensors, type Loss } from '@lungseg/core';
import { diceCrossEntropyLoss, diceLoss, focalLoss, generalizedDiceLoss, tverskyLoss } from './index.js';

const { tensors } = parseSafetensors(readFileSync(join(process.cwd(), 'fixtures', 'losses.safetensors')));
const reference = (name: string): Float32Array => tensors.get(name)!.data as Float32Array;
const tensorOf = (name: string): tf.Tensor => tf.tensor(reference(name), [...tensors.get(name)!.shape]);

const foreground = { includeBackground: false };
const LOSSES: Readonly<Record<string, Loss<tf.Tensor>>> = {
  'dice:jaccard,squaredPred': diceLoss({ jaccard: true, squaredPred: true }),
  'dice:batch,squaredPred,foreground': diceLoss({ ...foreground, batch: true, squaredPred: true }),
  'dice:smooth': diceLoss({ smoothNr: 1, smoothDr: 2 }),
  'diceCrossEntropy:lambdas,foreground': diceCrossEntropyLoss({
    ...foreground,
    lambdaDice: 0.5,
    lambdaCe: 2,
  }),
  'generalizedDice:square': generalizedDiceLoss(),
  'generalizedDice:simple,batch': generalizedDiceLoss({ wType: 'simple', batch: true }),
  'generalizedDice:uniform,foreground': generalizedDiceLoss({ ...foreground, wType: 'uniform' }),
  'tversky:default': tverskyLoss(),
  'tversky:alpha,beta,batch,foreground': tverskyLoss({ ...foreground, alpha: 0.2, beta: 1.3, batch: true }),
  'focal:gamma': focalLoss({ gamma: 3.5 }),
  'focal:cross-entropy': focalLoss({ gamma: 0 }),
  'focal:alpha': focalLoss({ alpha: 0.8 }),
  'focal:foreground': focalLoss(foreground),
};

beforeAll(async () => {
  await selectBackend('auto');
});

test('every loss of the fixtures is checked', () => {
  const names = [...tensors.keys()].filter((name) => name.includes(':') && !name.endsWith('.grad'));
  expect(names.sort()).toEqual(Object.keys(LOSSES).sort());
});

describe.each(Object.entries(LOSSES))('%s', (name, loss) => {
  test('matches MONAI, with its gradient, and leaks no tensor', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const label = tensorOf('label');
      const { value, grad } = tf.valueAndGrad((logits) => loss(logits, label) as tf.Scalar)(
        tensorOf('logits'),
      );
      expect(value.dataSync()[0]).toBeCloseTo(reference(name)[0]!, 5);
      const expected = reference(`${name}.grad`);
      const scale = Math.max(...expected.map(Math.abs));
      const difference = Math.max(...grad.dataSync().map((g, n) => Math.abs(g - expected[n]!)));
      expect(difference).toBeLessThan(1e-5 * scale);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
