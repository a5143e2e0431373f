import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from '@lungseg/core';
import { diceCrossEntropyLoss, diceLoss, focalLoss, generalizedDiceLoss, tverskyLoss } from '@lungseg/losses';
import type { CaseCheck, Comparison } from './check.js';
import { expected, relativeError } from './golden.js';

const TOLERANCE = 1e-4;
const SHAPE = [2, 3, 8, 9, 4];

/** Losses by the names of the reference tensors. */
const LOSSES: Readonly<Record<string, Loss<tf.Tensor>>> = {
  dice: diceLoss(),
  dice_nobg: diceLoss({ includeBackground: false }),
  dice_squared: diceLoss({ squaredPred: true }),
  dice_jaccard: diceLoss({ jaccard: true }),
  dice_batch: diceLoss({ batch: true }),
  dice_ce: diceCrossEntropyLoss(),
  generalized_dice: generalizedDiceLoss(),
  tversky: tverskyLoss({ alpha: 0.3, beta: 0.7 }),
  focal: focalLoss({ gamma: 2 }),
};

/** Each loss's value and gradient. */
export const checkLosses: CaseCheck = (golden, name) => {
  const reference = golden.tensors(name);
  const [n, c, x, y, z] = SHAPE as [number, number, number, number, number];
  const toOurs = [0, 4, 3, 2, 1];
  const comparisons: Comparison[] = [];
  tf.tidy(() => {
    const values = golden.uniform('logits', n * c * x * y * z).map((u) => 3 * u);
    const logits = tf.transpose(tf.tensor(values, SHAPE), toOurs);
    const numbers = golden
      .uniform('labels', n * x * y * z)
      .map((u) => Math.min(2, Math.max(0, Math.floor(((u + 1) / 2) * 3))));
    const label = tf.transpose(tf.tensor(numbers, [n, 1, x, y, z]), toOurs);
    for (const [key, loss] of Object.entries(LOSSES)) {
      const { value, grad } = tf.valueAndGrad((t) => loss(t, label) as tf.Scalar)(logits);
      const pairs: [string, ArrayLike<number>][] = [
        [key, value.dataSync()],
        [`${key}.grad`, tf.transpose(grad, toOurs).dataSync()],
      ];
      for (const [what, actual] of pairs) {
        comparisons.push({
          name: what,
          error: relativeError(actual, expected(reference, what)),
          tolerance: TOLERANCE,
        });
      }
    }
  });
  const skipped = [...reference.keys()].filter((key) => !key.endsWith('.grad') && !(key in LOSSES));
  return { comparisons, skipped };
};
