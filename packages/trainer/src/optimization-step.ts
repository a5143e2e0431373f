import * as tf from '@tensorflow/tfjs-core';
import { valueAndGradients, valuesOf } from '@lungseg/backend';
import type { Loss, Network, NetworkMode } from '@lungseg/core';
import { clipGradients } from './clip-gradients.js';
import type { Optimizer } from './optimizer.js';

/** Images with their labels, as tensors. */
export interface Batch {
  /** [N, D, H, W, C]. */
  readonly image: tf.Tensor;
  /** Numbers of classes, [N, D, H, W, 1]. */
  readonly label: tf.Tensor;
}

/** What {@link optimizationStep} works on. */
export interface OptimizationStepInput {
  readonly network: Network<tf.Tensor, tf.Variable>;
  readonly loss: Loss<tf.Tensor>;
  readonly optimizer: Optimizer;
  /** One after the other go through the network; their gradients are averaged before the one step. */
  readonly batches: Iterable<Batch>;
  readonly learningRate: number;
  readonly mode: NetworkMode;
  /** The largest norm of the gradients, which are scaled down to it; any where it is left out. */
  readonly maxGradientNorm?: number;
  /** What the loss is multiplied by before gradients are taken, which are then divided by it; 1 by default. */
  readonly lossScale?: number;
}

/** How a step went. */
export interface OptimizationStepResult {
  /** The loss of each batch before the step; ends with the first that is not finite. */
  readonly losses: readonly number[];
  /** Of the averaged gradients, before clipping; NaN where a loss is not finite. */
  readonly gradientNorm: number;
}

/**
 * One step of training: forward, loss, gradients, optimizer. Every tensor that it makes is disposed; batches aren't.
 *
 * @returns losses and the gradients' norm; where one of them is not finite, no weight has been changed
 */
export function optimizationStep(input: OptimizationStepInput): OptimizationStepResult {
  const { network, optimizer, learningRate, maxGradientNorm } = input;
  const gradients = new Map<string, Float32Array>();
  const losses: number[] = [];
  for (const batch of input.batches) {
    const loss = addGradients(input, batch, gradients);
    losses.push(loss);
    if (!Number.isFinite(loss)) return { losses, gradientNorm: Number.NaN };
  }
  const share = 1 / (losses.length * (input.lossScale ?? 1));
  if (share !== 1) {
    for (const gradient of gradients.values()) {
      for (let i = 0; i < gradient.length; i++) gradient[i] = gradient[i]! * share;
    }
  }
  const gradientNorm = clipGradients(gradients.values(), maxGradientNorm);
  if (!Number.isFinite(gradientNorm)) return { losses, gradientNorm };
  const variables = network.trainableVariables();
  const parameters = new Map(
    [...variables].map(([name, variable]) => [
      name,
      { value: valuesOf(variable), gradient: gradients.get(name)! },
    ]),
  );
  optimizer.step(parameters, learningRate);
  for (const [name, variable] of variables) {
    tf.tidy(() => variable.assign(tf.tensor(parameters.get(name)!.value, variable.shape, 'float32')));
  }
  return { losses, gradientNorm };
}

/** Adds a batch's gradients to the sums, and gives its loss; adds nothing where that is not finite. */
function addGradients(
  { network, loss, mode, lossScale = 1 }: OptimizationStepInput,
  { image, label }: Batch,
  sums: Map<string, Float32Array>,
): number {
  const variables = network.trainableVariables();
  let own: tf.Scalar | undefined;
  const { value, gradients } = valueAndGradients(() => {
    // Kept, as the scaled loss may overflow where the loss itself doesn't.
    own = tf.keep(loss(network.apply(image, mode), label) as tf.Scalar);
    return lossScale === 1 ? own.clone() : tf.mul(own, lossScale);
  }, [...variables.values()]);
  const lossValue = own!.dataSync()[0]!;
  if (Number.isFinite(lossValue)) {
    [...variables.keys()].forEach((name, i) => {
      const gradient = valuesOf(gradients[i]!);
      const sum = sums.get(name);
      if (sum === undefined) sums.set(name, gradient);
      else for (let k = 0; k < sum.length; k++) sum[k] = sum[k]! + gradient[k]!;
    });
  }
  tf.dispose([own!, value, [...gradients]]);
  return lossValue;
}
