import { InvalidArgumentError } from '@lungseg/core';
import { EPSILON } from './tensor-layers.js';
import type { Parameters } from './parameters.js';

/** The weights of a convolution in the layout that it is computed in, [..., O], and its bias where it has one. */
export interface FoldedConvolution {
  readonly values: Float32Array;
  readonly shape: readonly number[];
  /** [O] */
  readonly bias?: Float32Array;
}

/** A batch normalisation by running statistics: `scale * x + offset`, each [C]. */
export interface FoldedNorm {
  readonly scale: Float32Array;
  readonly offset: Float32Array;
}

/**
 * A copy of a network's weights as inference wants them: batch normalisations that follow a convolution are part of it.
 */
export class InferenceWeights {
  readonly #values = new Map<string, { readonly values: Float32Array; readonly shape: readonly number[] }>();

  constructor(parameters: Parameters) {
    for (const [name, variable] of parameters.entries()) {
      this.#values.set(name, { values: variable.dataSync<'float32'>(), shape: variable.shape });
    }
  }

  /**
   * The convolution of this name, and in it the batch normalisation that follows: scale * (w . x) + offset
   * = (scale * w) . x + offset.
   */
  convolution(name: string, norm?: string): FoldedConvolution {
    const { values, shape } = this.#get(`${name}.weight`);
    if (norm === undefined) return { values, shape };
    const { scale, offset } = this.norm(norm);
    const channels = scale.length;
    return { values: values.map((w, i) => w * scale[i % channels]!), shape, bias: offset };
  }

  /** The batch normalisation of this name. */
  norm(name: string): FoldedNorm {
    const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
      this.vector(`${name}.${part}`),
    ) as [Float32Array, Float32Array, Float32Array, Float32Array];
    const scale = gamma.map((g, i) => g / Math.sqrt(variance[i]! + EPSILON));
    return { scale, offset: beta.map((b, i) => b - mean[i]! * scale[i]!) };
  }

  /** The values of a parameter as they are. */
  vector(name: string): Float32Array {
    return this.#get(name).values;
  }

  #get(name: string): { readonly values: Float32Array; readonly shape: readonly number[] } {
    const found = this.#values.get(name);
    if (found === undefined) throw new InvalidArgumentError(`The network has no parameter named '${name}'.`);
    return found;
  }
}
