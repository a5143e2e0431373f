import * as tf from '@tensorflow/tfjs-core';
import {
  batchNormRunning,
  batchNormTrain,
  batchRenormTrain,
  recomputed,
  relu,
  type BatchNormParameters,
  type Precision,
} from '@lungseg/backend';
import type { NetworkMode } from '@lungseg/core';
import type { AHNetLayers, ConvolutionOptions } from './ahnet-layers.js';
import { convolve, upConvolution, type Tensor } from './layers.js';
import type { ParameterLayout, Parameters } from './parameters.js';
import { TensorOperations } from './tensor-operations.js';

/** PyTorch's defaults of batch normalisation. */
export const EPSILON = 1e-5;
const MOMENTUM = 0.1;
/** Of batch renormalisation, as its paper has it: each batch sees the others' statistics, so these must not jump. */
const RENORMALIZE_MOMENTUM = 0.01;

/**
 * AH-Net's layers over tfjs tensors, on any backend; the parameters are the network's own variables. Their gradients need the
 * native backend: tfjs's others lack some.
 */
export class TensorLayers extends TensorOperations implements AHNetLayers<Tensor> {
  /** What blocks gave: of the tensors that blocks are given, only the image is none of these. */
  readonly #outputs = new WeakSet<Tensor>();
  /** The running statistics that the first pass saw: they move before blocks are computed again. */
  readonly #running = new Map<string, readonly [Float32Array, Float32Array]>();
  #isRecomputing = false;

  /**
   * @param parameters of the network
   * @param mode which statistics normalise
   * @param training `recompute`: whether the backward pass computes blocks again, of which only inputs are then kept;
   *   `precision`: what convolutions multiply in
   */
  constructor(
    private readonly parameters: Parameters,
    private readonly mode: NetworkMode,
    private readonly training: { readonly recompute: boolean; readonly precision: Precision },
  ) {
    super();
  }

  block(
    parameters: readonly string[],
    inputs: readonly Tensor[],
    action: (...inputs: Tensor[]) => Tensor,
  ): Tensor {
    const output = this.training.recompute
      ? this.#recomputedBlock(parameters, inputs, action)
      : tf.tidy(() => action(...inputs));
    this.#outputs.add(output);
    return output;
  }

  #recomputedBlock(
    parameters: readonly string[],
    inputs: readonly Tensor[],
    action: (...inputs: Tensor[]) => Tensor,
  ): Tensor {
    const isOutput = (x: Tensor): boolean => this.#outputs.has(x);
    const order = [...inputs.filter(isOutput), ...inputs.filter((x) => !isOutput(x))];
    const places = inputs.map((x) => order.indexOf(x));
    let passes = 0;
    return recomputed(
      (...tensors) => {
        this.#isRecomputing = passes++ > 0;
        return action(...places.map((place) => tensors[place] as Tensor));
      },
      {
        inputs: inputs.filter(isOutput),
        constants: inputs.filter((x) => !isOutput(x)),
        variables: this.parameters.trainableOf(parameters),
      },
    );
  }

  convolution(
    name: string,
    kind: Exclude<ParameterLayout, 'transposed' | 'vector'>,
    x: Tensor,
    { strides = [1, 1], norm, add, relu: hasRelu = false }: ConvolutionOptions<Tensor> = {},
  ): Tensor {
    let y = convolve(kind, x, this.parameters.get(`${name}.weight`), strides, this.training);
    if (norm !== undefined) y = this.norm(norm, y, hasRelu && add === undefined);
    if (add !== undefined) y = tf.add(y, add);
    return hasRelu && (norm === undefined || add !== undefined) ? relu(y) : y;
  }

  norm(name: string, x: Tensor, relu: boolean): Tensor {
    const p = this.parameters;
    const runningMean = p.get<tf.Tensor1D>(`${name}.running_mean`);
    const runningVariance = p.get<tf.Tensor1D>(`${name}.running_var`);
    const parameters = {
      gamma: p.get<tf.Tensor1D>(`${name}.weight`),
      beta: p.get<tf.Tensor1D>(`${name}.bias`),
      runningMean,
      runningVariance,
    };
    const options = { epsilon: EPSILON, relu };
    if (this.mode === 'evaluate' || this.mode === 'frozen') return batchNormRunning(x, parameters, options);
    const isRenormalizing = this.mode === 'renormalize';
    const { y, mean, variance } = isRenormalizing
      ? batchRenormTrain(x, this.#asInFirstPass(name, parameters), options)
      : batchNormTrain(x, parameters, options);
    if (!this.#isRecomputing) {
      const momentum = isRenormalizing ? RENORMALIZE_MOMENTUM : MOMENTUM;
      moveTowards(runningMean as tf.Variable<tf.Rank.R1>, mean, momentum);
      moveTowards(runningVariance as tf.Variable<tf.Rank.R1>, variance, momentum);
    }
    mean.dispose();
    variance.dispose();
    return y;
  }

  #asInFirstPass(name: string, parameters: BatchNormParameters): BatchNormParameters {
    if (!this.training.recompute) return parameters;
    const seen = this.#running.get(name);
    if (this.#isRecomputing && seen !== undefined) {
      const [runningMean, runningVariance] = seen.map((values) => tf.tensor1d(values, 'float32'));
      return { ...parameters, runningMean: runningMean!, runningVariance: runningVariance! };
    }
    const { runningMean, runningVariance } = parameters;
    this.#running.set(name, [
      runningMean.dataSync<'float32'>().slice(),
      runningVariance.dataSync<'float32'>().slice(),
    ]);
    return parameters;
  }

  bias(name: string, x: Tensor): Tensor {
    return tf.add(x, this.parameters.get(`${name}.bias`));
  }

  upConvolution(name: string, x: Tensor, kernel: readonly [number, number, number]): Tensor {
    return upConvolution(x, this.parameters.get(`${name}.weight`), kernel, this.training);
  }
}

/** On the values themselves: as tensor ops, these tiny updates would take longer than the normalisation. */
function moveTowards(running: tf.Variable<tf.Rank.R1>, value: tf.Tensor1D, momentum: number): void {
  const target = value.dataSync();
  const moved = Float32Array.from(running.dataSync(), (old, i) => old + momentum * (target[i]! - old));
  tf.tidy(() => running.assign(tf.tensor1d(moved, 'float32')));
}
