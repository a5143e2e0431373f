import * as tf from '@tensorflow/tfjs-core';
import type { Loss, Network, NetworkMode } from '@lungseg/core';
import type { Adam } from './adam.js';

/** What {@link optimizationStep} works on. */
export interface OptimizationStepInput {
  readonly network: Network<tf.Tensor, tf.Variable>;
  readonly loss: Loss<tf.Tensor>;
  readonly optimizer: Adam;
  /** [N, D, H, W, C]. */
  readonly image: tf.Tensor;
  /** Numbers of classes, [N, D, H, W, 1]. */
  readonly label: tf.Tensor;
  readonly learningRate: number;
  readonly mode: NetworkMode;
}

/**
 * One step of training: forward, loss, gradients, optimizer. Every tensor that it makes is disposed.
 *
 * @returns the loss before the step; where it is not finite, no weight has been changed
 */
export function optimizationStep(input: OptimizationStepInput): number {
  const { network, loss, optimizer, image, label, learningRate, mode } = input;
  const variables = network.trainableVariables();
  const { value, grads } = tf.variableGrads(
    () => loss(network.apply(image, mode), label) as tf.Scalar,
    [...variables.values()],
  );
  const lossValue = value.dataSync()[0]!;
  if (Number.isFinite(lossValue)) {
    const arrays = new Map(
      [...variables].map(([name, variable]) => [
        name,
        {
          // A copy: the backend may hand out its own memory.
          value: Float32Array.from(variable.dataSync<'float32'>()),
          gradient: grads[variable.name]!.dataSync<'float32'>(),
        },
      ]),
    );
    optimizer.step(arrays, learningRate);
    for (const [name, variable] of variables) {
      tf.tidy(() => variable.assign(tf.tensor(arrays.get(name)!.value, variable.shape, 'float32')));
    }
  }
  tf.dispose([value, grads]);
  return lossValue;
}
