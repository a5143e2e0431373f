import * as tf from '@tensorflow/tfjs-core';
import type { Precision } from '@lungseg/backend';
import {
  Rng,
  type NamedArray,
  type Network,
  type NetworkMode,
  type StateDict,
  type Vec3,
} from '@lungseg/core';
import { ahnetParameterSpecs } from './ahnet-parameters.js';
import {
  ahnetSizeMultiple,
  resolveAHNetOptions,
  type AHNetOptions,
  type ResolvedAHNetOptions,
} from './ahnet-options.js';
import { ahnetForward } from './ahnet-forward.js';
import { checkAHNetInput } from './ahnet-input.js';
import type { Tensor } from './layers.js';
import { InferenceWeights } from './inference-weights.js';
import { Parameters } from './parameters.js';
import { prepareAHNet, type InferenceOptions, type PreparedNetwork } from './prepared-network.js';
import { TensorLayers } from './tensor-layers.js';

/**
 * AH-Net, the 3-D anisotropic hybrid network: a ResNet-50 encoder whose kernels stay in the plane, and a decoder of
 * pseudo-3-D dense blocks.
 *
 * Input shape: [N, D, H, W, inChannels], or [N, H, W, inChannels] for the 2-D network, whose last spatial axis in
 * PyTorch's order (y) is H here.
 * Output shape: the same with outChannels, logits.
 *
 * @see Liu et al., "3D Anisotropic Hybrid Network", https://arxiv.org/abs/1711.08580; MONAI's AHNet
 * @example
 * const network = new AHNet({ outChannels: 2, pspBlockNum: 0, upsampleMode: 'trilinear', width: 0.25 });
 * const logits = network.apply(tf.zeros([1, 32, 64, 64, 1]), 'evaluate');
 */
export class AHNet implements Network<tf.Tensor, tf.Variable> {
  readonly name = 'AHNet';
  readonly options: ResolvedAHNetOptions;
  readonly sizeMultiple: Vec3;
  /**
   * Whether training computes blocks a second time in the backward pass instead of keeping what lies within them: two thirds of
   * the memory for about a third more time; false by default. There is then no gradient with respect to the input.
   */
  recompute = false;
  /**
   * What convolutions multiply in when the network is trained, forward and backward; all else, weights included, is float32,
   * which is the default. Others need the native backend, and float16 a scaled loss. There is then no gradient with respect to the
   * input.
   */
  precision: Precision = 'float32';
  readonly #parameters: Parameters;

  /**
   * @param options what the network is like
   * @param seed of the initial weights, which are drawn as MONAI draws them
   * @throws InvalidArgumentError for options that AH-Net doesn't have
   */
  constructor(options: AHNetOptions = {}, seed = 0) {
    this.options = resolveAHNetOptions(options);
    this.sizeMultiple = ahnetSizeMultiple(this.options);
    this.#parameters = new Parameters(
      ahnetParameterSpecs(this.options),
      this.options.spatialDims,
      new Rng(seed),
    );
  }

  get inChannels(): number {
    return this.options.inChannels;
  }

  get outChannels(): number {
    return this.options.outChannels;
  }

  apply(input: tf.Tensor, mode: NetworkMode): tf.Tensor {
    const { spatialDims } = this.options;
    checkAHNetInput(this.options, input.shape);
    if (mode === 'train' || mode === 'renormalize') this.#parameters.countBatch();
    return tf.tidy(() => {
      const training = mode === 'evaluate' ? { recompute: false, precision: 'float32' as const } : this;
      const layers = new TensorLayers(this.#parameters, mode, training);
      if (spatialDims === 3) return ahnetForward(layers, this.options, input as Tensor);
      const [n, h, w, c] = (input as tf.Tensor4D).shape;
      // The 2-D network is the 3-D one on volumes of one row, with depth in the place of y.
      const y = ahnetForward(layers, this.options, tf.reshape(input, [n, h, 1, w, c]));
      return tf.reshape(y, [n, h, w, this.outChannels]);
    });
  }

  trainableVariables(): ReadonlyMap<string, tf.Variable> {
    return this.#parameters.trainable();
  }

  stateDict(): StateDict {
    return this.#parameters.stateDict();
  }

  loadStateDict(state: StateDict): void {
    this.#parameters.loadStateDict(state);
  }

  /** Converts values in the layout of a variable, for instance its gradient, to PyTorch's layout. */
  toPyTorch(name: string, data: Float32Array): NamedArray {
    return this.#parameters.toPyTorch(name, data);
  }

  dispose(): void {
    this.#parameters.dispose();
  }

  /**
   * Makes a copy of the network that only infers, and does so faster: batch normalisation folded into convolutions,
   * weights laid out once, and on the native backend one graph for each size of input, of which the last two are kept.
   * Later changes of the weights don't reach it, and it lives on when the network is disposed.
   *
   * @param options precision; float32 by default
   * @throws UnsupportedError when the current backend doesn't have this precision
   * @example
   * const prepared = await network.prepareForInference();
   * const logits = prepared.apply(tf.zeros([1, 32, 64, 64, 1]));
   */
  async prepareForInference(options: InferenceOptions = {}): Promise<PreparedNetwork> {
    const weights = new InferenceWeights(this.#parameters);
    return prepareAHNet(this.options, weights, options, (input) =>
      checkAHNetInput(this.options, input.shape),
    );
  }
}
