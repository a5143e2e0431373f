import * as tf from '@tensorflow/tfjs-core';
import type { AHNetLayers, ConvolutionOptions } from './ahnet-layers.js';
import type { InferenceWeights } from './inference-weights.js';
import { convolve, upConvolution, type Tensor } from './layers.js';
import type { ParameterLayout } from './parameters.js';
import { TensorOperations } from './tensor-operations.js';

/** AH-Net's layers over tfjs tensors on any backend, for inference: batch normalisation folded, weights laid out once. */
export class FoldedLayers extends TensorOperations implements AHNetLayers<Tensor> {
  /** Weights as tensors, made when they are first needed. */
  readonly #tensors = new Map<string, tf.Tensor>();

  constructor(private readonly weights: InferenceWeights) {
    super();
  }

  block = (
    _parameters: readonly string[],
    inputs: readonly Tensor[],
    action: (...inputs: Tensor[]) => Tensor,
  ): Tensor => tf.tidy(() => action(...inputs));

  convolution(
    name: string,
    kind: Exclude<ParameterLayout, 'transposed' | 'vector'>,
    x: Tensor,
    { strides = [1, 1], norm, add, relu = false }: ConvolutionOptions<Tensor> = {},
  ): Tensor {
    const weight = this.#keep(`${name}.weight`, () => {
      const { values, shape } = this.weights.convolution(name, norm);
      return tf.tensor(values, [...shape], 'float32');
    });
    const bias =
      norm === undefined ? undefined : this.#vector(`${norm}.offset`, () => this.weights.norm(norm).offset);
    const activated = relu && add === undefined;
    const y = convolve(kind, x, weight, strides, {
      epilogue: { ...(bias === undefined ? {} : { bias }), activation: activated ? 'relu' : 'linear' },
    });
    if (add === undefined) return y;
    return relu ? tf.relu(tf.add(y, add)) : tf.add(y, add);
  }

  norm(name: string, x: Tensor, relu: boolean): Tensor {
    const scale = this.#vector(`${name}.scale`, () => this.weights.norm(name).scale);
    const offset = this.#vector(`${name}.offset`, () => this.weights.norm(name).offset);
    const y = tf.add(tf.mul(x, scale), offset) as Tensor;
    return relu ? tf.relu(y) : y;
  }

  bias(name: string, x: Tensor): Tensor {
    return tf.add(
      x,
      this.#vector(`${name}.bias`, () => this.weights.vector(`${name}.bias`)),
    );
  }

  upConvolution(name: string, x: Tensor, kernel: readonly [number, number, number]): Tensor {
    const weight = this.#keep(`${name}.weight`, () => {
      const { values, shape } = this.weights.convolution(name);
      return tf.tensor(values, [...shape], 'float32');
    });
    return upConvolution(x, weight as tf.Tensor2D, kernel);
  }

  dispose(): void {
    tf.dispose([...this.#tensors.values()]);
    this.#tensors.clear();
  }

  #vector(key: string, values: () => Float32Array): tf.Tensor1D {
    return this.#keep(key, () => tf.tensor1d(values(), 'float32')) as tf.Tensor1D;
  }

  /** A tensor that outlives the tidy it is first made in. */
  #keep(key: string, make: () => tf.Tensor): tf.Tensor {
    const found = this.#tensors.get(key);
    if (found !== undefined) return found;
    const tensor = tf.keep(make());
    this.#tensors.set(key, tensor);
    return tensor;
  }
}
