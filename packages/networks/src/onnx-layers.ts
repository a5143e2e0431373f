import { InvalidArgumentError, type NamedArray, type StateDict } from '@lungseg/core';
import type { AHNetLayers, ConvolutionOptions, Shape5 } from './ahnet-layers.js';
import type { Interpolation } from './layers.js';
import type { OnnxGraph } from './onnx-graph.js';
import type { ParameterLayout } from './parameters.js';
import { EPSILON } from './tensor-layers.js';

/** A value of an ONNX graph, and the sizes N, D, H, W, C that it has for the smallest input; those of others scale with it. */
export interface OnnxMap {
  readonly name: string;
  readonly shape: Shape5;
}

/** For an axis of which everything to the end is taken. */
const TO_THE_END = 2 ** 31 - 1;

/**
 * AH-Net's layers as operators of an ONNX graph, in MONAI's layout: [N, C, X, Y, Z], or [N, C, X, Y] for the 2-D network;
 * weights are the state dict's.
 */
export class OnnxLayers implements AHNetLayers<OnnxMap> {
  /**
   * @param graph where operators are added
   * @param state weights and buffers
   * @param isFlat whether the network is 2-D
   */
  constructor(
    private readonly graph: OnnxGraph,
    private readonly state: StateDict,
    private readonly isFlat: boolean,
  ) {}

  shapeOf = (x: OnnxMap): Shape5 => x.shape;
  release = (): void => undefined;
  block = (
    _parameters: readonly string[],
    inputs: readonly OnnxMap[],
    action: (...inputs: OnnxMap[]) => OnnxMap,
  ): OnnxMap => action(...inputs);

  convolution(
    name: string,
    _kind: Exclude<ParameterLayout, 'transposed' | 'vector'>,
    x: OnnxMap,
    { strides = [1, 1], norm, add, relu = false }: ConvolutionOptions<OnnxMap> = {},
  ): OnnxMap {
    const weight = this.#weights(`${name}.weight`);
    const [out, , ...kernel] = weight.shape as [number, number, ...number[]];
    const [n, d, h, w] = x.shape;
    const pads = kernel.map((size) => size >> 1);
    let y: OnnxMap = {
      name: this.graph.op('Conv', [x.name, weight.name], {
        kernel_shape: { ints: kernel },
        strides: { ints: this.#axes([1, ...strides]) },
        pads: { ints: [...pads, ...pads] },
      }),
      shape: [n, d, h / strides[0], w / strides[1], out],
    };
    if (norm !== undefined) y = this.norm(norm, y, false);
    if (add !== undefined) y = this.add(y, add);
    return relu ? this.relu(y) : y;
  }

  norm(name: string, x: OnnxMap, relu: boolean): OnnxMap {
    const parameters = ['weight', 'bias', 'running_mean', 'running_var'].map(
      (part) => this.#weights(`${name}.${part}`).name,
    );
    const y = this.#same('BatchNormalization', x, parameters, { epsilon: { float: EPSILON } });
    return relu ? this.relu(y) : y;
  }

  bias(name: string, x: OnnxMap): OnnxMap {
    const { data } = this.#parameter(`${name}.bias`);
    const shape = [1, data.length, ...this.#axes([1, 1, 1])];
    return this.#same('Add', x, [this.graph.weights(`${name}.bias`, shape, data)]);
  }

  add = (a: OnnxMap, b: OnnxMap): OnnxMap => this.#same('Add', a, [b.name]);
  relu = (x: OnnxMap): OnnxMap => this.#same('Relu', x);

  concat(xs: readonly OnnxMap[]): OnnxMap {
    const [n, d, h, w] = xs[0]!.shape;
    const names = xs.map(({ name }) => name);
    return {
      name: this.graph.op('Concat', names, { axis: { int: 1 } }),
      shape: [n, d, h, w, xs.reduce((sum, x) => sum + x.shape[4], 0)],
    };
  }

  maxPoolDepth = (x: OnnxMap, size: number): OnnxMap => this.#maxPool(x, [size, 1, 1], [size, 1, 1], 0);

  maxPoolPlane = (x: OnnxMap, [y, xs]: readonly [number, number]): OnnxMap =>
    this.#maxPool(x, [1, y, xs], [1, y, xs], 0);

  maxPoolOverlapping(x: OnnxMap, flat: boolean): OnnxMap {
    return this.#maxPool(x, [3, flat ? 1 : 3, 3], [2, flat ? 1 : 2, 2], 1);
  }

  subsample(x: OnnxMap, steps: readonly [number, number, number]): OnnxMap {
    const along = this.#axes(steps);
    const axes = along.map((_, axis) => axis + 2);
    const lists = [axes.map(() => 0), axes.map(() => TO_THE_END), axes, along];
    const inputs = lists.map((values) => this.graph.integers(values));
    return { name: this.graph.op('Slice', [x.name, ...inputs]), shape: divided(x.shape, steps) };
  }

  padPlane(x: OnnxMap, [y, xs]: readonly [number, number]): OnnxMap {
    const [n, d, h, w, c] = x.shape;
    const pads = [0, 0, ...this.#axes([0, y, xs])];
    const inputs = [x.name, this.graph.integers([...pads, ...pads])];
    return { name: this.graph.op('Pad', inputs), shape: [n, d, h + 2 * y, w + 2 * xs, c] };
  }

  resize(
    x: OnnxMap,
    [d2, h2, w2]: readonly [number, number, number],
    how: Interpolation,
    like?: OnnxMap,
  ): OnnxMap {
    const [n, d, h, w, c] = x.shape;
    const target =
      like === undefined
        ? [this.graph.floats([1, 1, ...this.#axes([d2 / d, h2 / h, w2 / w])])]
        : ['', this.#sizesOf(x, like)];
    const linear = how === 'linear';
    const name = this.graph.op('Resize', [x.name, '', ...target], {
      mode: { text: linear ? 'linear' : 'nearest' },
      coordinate_transformation_mode: { text: linear ? 'align_corners' : 'asymmetric' },
      ...(linear ? {} : { nearest_mode: { text: 'floor' } }),
    });
    return { name, shape: [n, d2, h2, w2, c] };
  }

  upConvolution(name: string, x: OnnxMap, [kz, ky, kx]: readonly [number, number, number]): OnnxMap {
    const [n, d, h, w] = x.shape;
    const weight = this.#weights(`${name}.weight`);
    const [, out, ...kernel] = weight.shape as [number, number, ...number[]];
    const attributes = { kernel_shape: { ints: kernel }, strides: { ints: kernel } };
    return {
      name: this.graph.op('ConvTranspose', [x.name, weight.name], attributes),
      shape: [n, d * kz, h * ky, w * kx, out],
    };
  }

  #maxPool(
    x: OnnxMap,
    kernel: readonly [number, number, number],
    strides: readonly [number, number, number],
    pad: number,
  ): OnnxMap {
    const sizes = this.#axes(kernel);
    const pads = sizes.map((size) => (size > 1 ? pad : 0));
    const name = this.graph.op('MaxPool', [x.name], {
      kernel_shape: { ints: sizes },
      strides: { ints: this.#axes(strides) },
      pads: { ints: [...pads, ...pads] },
    });
    return { name, shape: divided(x.shape, strides) };
  }

  /** Batch and channels of one value, and the spatial sizes of another. */
  #sizesOf(x: OnnxMap, like: OnnxMap): string {
    const first = this.graph.op('Shape', [x.name], { start: { int: 0 }, end: { int: 2 } });
    const rest = this.graph.op('Shape', [like.name], { start: { int: 2 } });
    return this.graph.op('Concat', [first, rest], { axis: { int: 0 } });
  }

  #same(
    op: string,
    x: OnnxMap,
    others: readonly string[] = [],
    attributes?: Parameters<OnnxGraph['op']>[2],
  ): OnnxMap {
    return { name: this.graph.op(op, [x.name, ...others], attributes), shape: x.shape };
  }

  /** Numbers along z, y, x in the order of the file: x, y, z, or x, z for the 2-D network, which has z in the place of y. */
  #axes([z, y, x]: readonly number[]): number[] {
    return this.isFlat ? [x!, z!] : [x!, y!, z!];
  }

  #weights(name: string): { readonly name: string; readonly shape: readonly number[] } {
    const { shape, data } = this.#parameter(name);
    return { name: this.graph.weights(name, shape, data), shape };
  }

  #parameter(name: string): NamedArray & { readonly data: Float32Array } {
    const array = this.state.get(name);
    if (array === undefined || array.data instanceof BigInt64Array) {
      throw new InvalidArgumentError(`The network has no parameter named '${name}'.`);
    }
    return { shape: array.shape, data: array.data };
  }
}

const divided = ([n, d, h, w, c]: Shape5, [sz, sy, sx]: readonly [number, number, number]): Shape5 => [
  n,
  Math.floor(d / sz),
  Math.floor(h / sy),
  Math.floor(w / sx),
  c,
];
