import * as tf from '@tensorflow/tfjs-core';
import { valueAndGradients } from './gradients.js';

/** Options of {@link recomputed}. */
export interface RecomputedOptions {
  /** What the gradient is taken with respect to, besides the variables. */
  readonly inputs: readonly tf.Tensor[];
  /** What is handed to the function behind the inputs, and has no gradient. */
  readonly constants?: readonly tf.Tensor[];
  /** Every variable that the function uses. */
  readonly variables: readonly tf.Variable[];
}

/**
 * A function's value of which the gradient keeps the inputs alone: the backward pass computes everything between them and the
 * value a second time, and frees it again. It takes the time of another forward pass, and the memory of one block instead of
 * all blocks.
 *
 * @param compute maps inputs and constants to the value, each time in the same way
 * @param options inputs, constants, variables
 * @returns the value
 * @see Chen et al., https://arxiv.org/abs/1604.06174; PyTorch's torch.utils.checkpoint
 * @example
 * const y = recomputed((x) => tf.relu(tf.matMul(x, w)), { inputs: [x], variables: [w] });
 */
export function recomputed<T extends tf.Tensor>(
  compute: (...tensors: tf.Tensor[]) => T,
  { inputs, constants = [], variables }: RecomputedOptions,
): T {
  const operation = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const save = args.at(-1) as tf.GradSaveFunc;
    const given = [...(args.slice(0, inputs.length) as tf.Tensor[]), ...constants];
    save(given);
    return {
      value: compute(...given),
      gradFunc: (dy: tf.Tensor, kept: tf.Tensor[]) =>
        tf.tidy(() => {
          const xs = [...kept.slice(0, inputs.length), ...variables];
          return [...valueAndGradients(() => compute(...kept), xs, dy).gradients];
        }),
    };
  });
  return operation(...inputs, ...variables);
}
