import * as tf from '@tensorflow/tfjs-core';
import { batchNormRunning, batchNormTrain } from '@lungseg/backend';
import {
  Rng,
  ShapeError,
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
import {
  alongDepth,
  inPlane,
  maxPoolDepth,
  maxPoolOverlapping,
  maxPoolPlane,
  pointwise,
  resize,
  stem,
  upConvolution,
  type Tensor,
} from './layers.js';
import { Parameters } from './parameters.js';
import { pyramidPooling } from './pyramid-pooling.js';

/** PyTorch's defaults of batch normalisation. */
const EPSILON = 1e-5;
const MOMENTUM = 0.1;

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
    this.#checkShape(input);
    if (mode === 'train') this.#parameters.countBatch();
    return tf.tidy(() => {
      if (spatialDims === 3) return this.#forward(input as Tensor, mode);
      const [n, h, w, c] = (input as tf.Tensor4D).shape;
      // The 2-D network is the 3-D one on volumes of one row, with depth in the place of y.
      const y = this.#forward(tf.reshape(input, [n, h, 1, w, c]), mode);
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

  #checkShape(input: tf.Tensor): void {
    const { spatialDims, inChannels, pspBlockNum } = this.options;
    const form = spatialDims === 3 ? '[N, D, H, W, C]' : '[N, H, W, C]';
    if (input.rank !== spatialDims + 2 || input.shape[spatialDims + 1] !== inChannels) {
      throw new ShapeError(
        `AHNet takes ${form} with ${inChannels} channel(s). Received: [${input.shape.join(', ')}].`,
      );
    }
    const [, my, mz] = this.sizeMultiple;
    const axes: [string, number, number][] =
      spatialDims === 3
        ? [
            ['depth', 1, mz],
            ['height', 2, my],
            ['width', 3, my],
          ]
        : [
            ['height', 1, mz],
            ['width', 2, this.sizeMultiple[0]],
          ];
    const smallest = 2 ** (pspBlockNum + 3);
    for (const [axisName, axis, multiple] of axes) {
      const size = input.shape[axis]!;
      if (size % multiple !== 0 || size === 0) {
        const fits = Math.max(1, Math.ceil(size / multiple)) * multiple;
        throw new ShapeError(
          `${axisName} must be a multiple of ${multiple}. Received: ${size}. Pad to ${fits}, with padToMultiple(${multiple}).`,
        );
      }
      if (axisName !== 'depth' && pspBlockNum > 0 && spatialDims === 3 && size < smallest) {
        throw new ShapeError(
          `${axisName} must be at least ${smallest} for pspBlockNum ${pspBlockNum}. Received: ${size}.`,
        );
      }
    }
  }

  #forward(input: Tensor, mode: NetworkMode): Tensor {
    const { upsampleMode, layers, pspBlockNum, spatialDims } = this.options;
    const flat = spatialDims === 2;
    const linear = upsampleMode === 'trilinear' || upsampleMode === 'bilinear';
    const p = this.#parameters;

    const convX = tf.tidy(() => {
      const x = stem(input, p.get('conv1.weight'), flat ? [1, 2] : [2, 2]);
      return this.#norm('bn0', maxPoolDepth(x, 2), mode);
    });
    const poolX = tf.tidy(() =>
      linear ? maxPoolOverlapping(convX, flat) : maxPoolDepth(maxPoolPlane(convX, flat ? [1, 2] : [2, 2]), 2),
    );

    let x = poolX;
    const features = layers.map((blocks, stage) => {
      for (let block = 0; block < blocks; block++) {
        const previous = x;
        x = tf.tidy(() =>
          this.#bottleneck(`layer${stage + 1}.${block}`, previous, stage > 0 && block === 0 ? 2 : 1, mode),
        );
        // The first block's input is a feature map that the decoder still needs.
        if (block > 0) previous.dispose();
      }
      return x;
    }) as [Tensor, Tensor, Tensor, Tensor];

    x = this.#decode('up0', 'dense0', features[3], features[2], mode);
    x = this.#decode('up1', 'dense1', x, features[1], mode);
    x = this.#decode('up2', 'dense2', x, features[0], mode);
    const d3 = tf.tidy(() => {
      const projected = pointwise(this.#norm('trans1.norm', x, mode), p.get('trans1.conv.weight'));
      return this.#denseBlock('dense3', tf.add(projected, poolX), mode);
    });
    x.dispose();
    poolX.dispose();
    x = this.#decode('up3', 'dense4', d3, convX, mode);
    return tf.tidy(() => {
      const joined = pspBlockNum > 0 ? (tf.concat([pyramidPooling(x, p, this.options), x], 4) as Tensor) : x;
      const logits = inPlane(this.#norm('final.norm', joined, mode), p.get('final.conv.weight'), [1, 1]);
      return this.#up('final.up', logits);
    });
  }

  /** Batch normalisation followed, unless said otherwise, by ReLU. */
  #norm(name: string, x: Tensor, mode: NetworkMode, relu = true): Tensor {
    const p = this.#parameters;
    const runningMean = p.get<tf.Tensor1D>(`${name}.running_mean`);
    const runningVariance = p.get<tf.Tensor1D>(`${name}.running_var`);
    const parameters = {
      gamma: p.get<tf.Tensor1D>(`${name}.weight`),
      beta: p.get<tf.Tensor1D>(`${name}.bias`),
      runningMean,
      runningVariance,
    };
    if (mode !== 'train') return batchNormRunning(x, parameters, { epsilon: EPSILON, relu });
    const { y, mean, variance } = batchNormTrain(x, parameters, { epsilon: EPSILON, relu });
    moveTowards(runningMean as tf.Variable<tf.Rank.R1>, mean);
    moveTowards(runningVariance as tf.Variable<tf.Rank.R1>, variance);
    mean.dispose();
    variance.dispose();
    return y;
  }

  #bottleneck(name: string, x: Tensor, stride: number, mode: NetworkMode): Tensor {
    const p = this.#parameters;
    const flat = this.options.spatialDims === 2;
    const strided = (t: Tensor): Tensor => (flat && stride > 1 ? everySecondSlice(t) : t);
    const step: [number, number] = flat ? [1, stride] : [stride, stride];
    let out = this.#norm(`${name}.bn1`, pointwise(x, p.get(`${name}.conv1.weight`)), mode);
    out = this.#norm(`${name}.bn2`, inPlane(strided(out), p.get(`${name}.conv2.weight`), step), mode);
    out = this.#norm(`${name}.bn3`, pointwise(out, p.get(`${name}.conv3.weight`)), mode, false);
    let residual = x;
    if (p.has(`${name}.downsample.0.weight`)) {
      const sampled = stride > 1 ? inPlaneSubsample(strided(x), step) : x;
      residual = pointwise(sampled, p.get(`${name}.downsample.0.weight`));
      if (stride > 1 && !flat) {
        residual = maxPoolDepth(residual, stride);
        out = maxPoolDepth(out, stride);
      }
      residual = this.#norm(`${name}.downsample.2`, residual, mode, false);
    }
    return tf.relu(tf.add(out, residual));
  }

  /** One step of the decoder: up transition, skip connection, dense block. Disposes both inputs. */
  #decode(up: string, dense: string, x: Tensor, skip: Tensor, mode: NetworkMode): Tensor {
    const p = this.#parameters;
    const y = tf.tidy(() => {
      const projected = pointwise(this.#norm(`${up}.norm`, x, mode), p.get(`${up}.conv.weight`));
      return this.#denseBlock(dense, tf.add(this.#up(`${up}.up`, projected), skip), mode);
    });
    x.dispose();
    skip.dispose();
    return y;
  }

  #up(name: string, x: Tensor): Tensor {
    const { upsampleMode, spatialDims } = this.options;
    const kernel: [number, number, number] = spatialDims === 2 ? [2, 1, 2] : [2, 2, 2];
    if (upsampleMode === 'transpose') return upConvolution(x, this.#parameters.get(`${name}.weight`), kernel);
    const [, d, h, w] = x.shape;
    const size: [number, number, number] = [d * kernel[0], h * kernel[1], w * kernel[2]];
    return resize(x, size, upsampleMode === 'nearest' ? 'nearest' : 'linear');
  }

  #denseBlock(name: string, x: Tensor, mode: NetworkMode): Tensor {
    let features = x;
    for (let layer = 1; layer <= 3; layer++) {
      const input = features;
      features = tf.tidy(() => {
        const added = this.#pseudo3d(`${name}.denselayer${layer}`, input, mode);
        return tf.concat([input, added], 4) as Tensor;
      });
      if (layer > 1) input.dispose();
    }
    return features;
  }

  /** A pseudo-3-D layer: 1x1x1, 3x3x1, then 1x1x3 added to what it was given, then 1x1x1. */
  #pseudo3d(name: string, x: Tensor, mode: NetworkMode): Tensor {
    const p = this.#parameters;
    const bottleneck = pointwise(this.#norm(`${name}.bn1`, x, mode), p.get(`${name}.conv1.weight`));
    const plane = inPlane(this.#norm(`${name}.bn2`, bottleneck, mode), p.get(`${name}.conv2.weight`), [1, 1]);
    const depth = alongDepth(this.#norm(`${name}.bn3`, plane, mode), p.get(`${name}.conv3.weight`));
    return pointwise(this.#norm(`${name}.bn4`, tf.add(plane, depth), mode), p.get(`${name}.conv4.weight`));
  }
}

/** On the values themselves: as tensor ops, these tiny updates would take longer than the normalisation. */
function moveTowards(running: tf.Variable<tf.Rank.R1>, value: tf.Tensor1D): void {
  const target = value.dataSync();
  const moved = Float32Array.from(running.dataSync(), (old, i) => old + MOMENTUM * (target[i]! - old));
  tf.tidy(() => running.assign(tf.tensor1d(moved, 'float32')));
}

/** Every second slice of the depth: what a kernel of depth 1 with stride 2 reads. Strided slices have no gradient in tfjs. */
function everySecondSlice(x: Tensor): Tensor {
  const [n, d, h, w, c] = x.shape;
  const pairs = tf.reshape(x, [(n * d) / 2, 2, h * w * c]) as tf.Tensor3D;
  const first = tf.slice(pairs, [0, 0, 0], [(n * d) / 2, 1, h * w * c]);
  return tf.reshape(first, [n, d / 2, h, w, c]);
}

/** What a 1x1 kernel with these strides (y, x) reads. A slice of a reshaped tensor, as in {@link everySecondSlice}. */
function inPlaneSubsample(x: Tensor, [sy, sx]: readonly [number, number]): Tensor {
  const [n, d, h, w, c] = x.shape;
  const columns = tf.reshape(x, [n * d * (h / sy), sy, w / sx, sx * c]) as tf.Tensor4D;
  const picked = tf.slice(columns, [0, 0, 0, 0], [n * d * (h / sy), 1, w / sx, c]);
  return tf.reshape(picked, [n, d, h / sy, w / sx, c]);
}
