import type { GraphAttributes, GraphNode, GraphType, NativeGraph } from '@lungseg/backend';
import type { AHNetLayers, ConvolutionOptions, Shape5 } from './ahnet-layers.js';
import type { InferenceWeights } from './inference-weights.js';
import { paddingFor, type Interpolation } from './layers.js';
import type { ParameterLayout } from './parameters.js';

/** A feature map of a graph: how it is stored, and its sizes N, D, H, W, C. */
export interface GraphMap {
  readonly node: GraphNode;
  readonly shape: Shape5;
}

type Shape4 = readonly [number, number, number, number];
const NHWC = { data_format: { text: 'NHWC' } } as const;

/** AH-Net's layers as ops of a TensorFlow graph, with the weights as constants and batch normalisation folded. */
export class GraphLayers implements AHNetLayers<GraphMap> {
  /**
   * @param graph where ops are added
   * @param weights of the network
   * @param type what feature maps and weights are kept and multiplied in; sums are float32
   */
  constructor(
    private readonly graph: NativeGraph,
    private readonly weights: InferenceWeights,
    private readonly type: Exclude<GraphType, 'int32'>,
  ) {}

  shapeOf = (x: GraphMap): Shape5 => x.shape;
  block = (
    _parameters: readonly string[],
    inputs: readonly GraphMap[],
    action: (...inputs: GraphMap[]) => GraphMap,
  ): GraphMap => action(...inputs);
  release = (): void => undefined;

  /** The graph's input as a feature map. */
  input(shape: Shape5): GraphMap {
    return { node: this.#cast(this.graph.input), shape };
  }

  /** The graph's output: float32 of this shape. */
  output(x: GraphMap, shape: readonly number[]): GraphNode {
    return this.#cast(this.#view(x, shape), 'float32');
  }

  convolution(
    name: string,
    kind: Exclude<ParameterLayout, 'transposed' | 'vector'>,
    x: GraphMap,
    { strides = [1, 1], norm, add, relu = false }: ConvolutionOptions<GraphMap> = {},
  ): GraphMap {
    const { values, shape, bias } = this.weights.convolution(name, norm);
    const kernel = (shape.length === 2 ? [1, 1, ...shape] : shape) as Shape4;
    const input = kind === 'stem' ? this.#stackSlices(x) : x;
    const [n, d, h, w] = input.shape;
    const out = kernel[3];
    const result: Shape5 = [n, d, Math.ceil(h / strides[0]), Math.ceil(w / strides[1]), out];
    const grouped = kind === 'in-plane' && strides[0] === 1 && strides[1] === 1 ? groupFor(kernel, w) : 1;
    const stored = kind === 'depth' ? columns(result) : grouping(planes(result), grouped);
    let y = this.#op(
      'Conv2D',
      [
        this.#view(input, kind === 'depth' ? columns(input.shape) : planes(input.shape)),
        this.#weight(...groupedKernel(values, kernel, grouped)),
      ],
      {
        ...NHWC,
        strides: { integers: [1, strides[0], strides[1] * grouped, 1] },
        ...paddingOf([h, w], kernel, strides, grouped),
      },
      stored,
    );
    if (bias !== undefined) {
      y = this.#op('BiasAdd', [y, this.#weight(repeat(bias, grouped), [out * grouped])], NHWC, stored);
    }
    if (add !== undefined) y = this.#op('AddV2', [y, this.#view(add, stored)], {}, stored);
    if (relu) y = this.#op('Relu', [y], {}, stored);
    return { node: y, shape: result };
  }

  norm(name: string, x: GraphMap, relu: boolean): GraphMap {
    const { scale, offset } = this.weights.norm(name);
    const [n, d, h, w, c] = x.shape;
    const times = neighboursFor(c, h * w);
    const stored = [n * d, 1, (h * w) / times, times * c];
    const constants = [scale, offset, scale.map(() => 0), scale.map(() => 1)].map((values) =>
      this.graph.constant(repeat(values, times), [times * c]),
    );
    const attributes: GraphAttributes = {
      ...NHWC,
      U: { type: 'float32' },
      epsilon: { float: 0 },
      is_training: { bool: false },
    };
    const y = this.#op('FusedBatchNormV3', [this.#view(x, stored), ...constants], attributes, stored);
    return { node: relu ? this.#op('Relu', [y], {}, stored) : y, shape: x.shape };
  }

  bias(name: string, x: GraphMap): GraphMap {
    const values = this.weights.vector(`${name}.bias`);
    const stored = planes(x.shape);
    const bias = this.#weight(values, [values.length]);
    return { node: this.#op('BiasAdd', [this.#view(x, stored), bias], NHWC, stored), shape: x.shape };
  }

  add(a: GraphMap, b: GraphMap): GraphMap {
    const stored = planes(a.shape);
    return {
      node: this.#op('AddV2', [this.#view(a, stored), this.#view(b, stored)], {}, stored),
      shape: a.shape,
    };
  }

  relu(x: GraphMap): GraphMap {
    return { node: this.#op('Relu', [x.node], {}, x.node.shape), shape: x.shape };
  }

  concat(xs: readonly GraphMap[]): GraphMap {
    const [n, d, h, w] = xs[0]!.shape;
    const shape: Shape5 = [n, d, h, w, xs.reduce((sum, x) => sum + x.shape[4], 0)];
    const axis = this.graph.constant(Int32Array.of(3), []);
    const parts = xs.map((x) => this.#view(x, planes(x.shape)));
    const node = this.#op(
      'ConcatV2',
      [...parts, axis],
      { N: { integer: xs.length }, Tidx: { type: 'int32' } },
      planes(shape),
    );
    return { node, shape };
  }

  maxPoolDepth(x: GraphMap, size: number): GraphMap {
    const [n, d, h, w, c] = x.shape;
    return this.#maxPool(x, columns(x.shape), [size, 1], [size, 1], [n, Math.floor(d / size), h, w, c]);
  }

  maxPoolPlane(x: GraphMap, [y, xs]: readonly [number, number]): GraphMap {
    const [n, d, h, w, c] = x.shape;
    return this.#maxPool(
      x,
      planes(x.shape),
      [y, xs],
      [y, xs],
      [n, d, Math.floor(h / y), Math.floor(w / xs), c],
    );
  }

  maxPoolOverlapping(x: GraphMap, flat: boolean): GraphMap {
    const [n, d, h, w, c] = x.shape;
    const kernel: [number, number] = flat ? [1, 3] : [3, 3];
    const strides: [number, number] = flat ? [1, 2] : [2, 2];
    const padded = this.#padZeros(x, [paddingFor(h, kernel[0], strides[0]), paddingFor(w, 3, 2)]);
    const pooled: Shape5 = [n, d, h / strides[0], w / 2, c];
    const plane = this.#maxPool(padded, planes(padded.shape), kernel, strides, pooled);
    const [before, after] = paddingFor(d, 3, 2);
    const [, , h2, w2] = pooled;
    const stacked: GraphMap = { node: plane.node, shape: [1, n, d, h2 * w2, c] };
    const { node } = this.#padZeros(stacked, [
      [before, after],
      [0, 0],
    ]);
    const tall: Shape5 = [n, d + before + after, h2, w2, c];
    return this.#maxPool({ node, shape: tall }, columns(tall), [3, 1], [2, 1], [n, d / 2, h2, w2, c]);
  }

  subsample(x: GraphMap, [sz, sy, sx]: readonly [number, number, number]): GraphMap {
    const [n, d, h, w, c] = x.shape;
    const shape: Shape5 = [n, d / sz, h / sy, w / sx, c];
    const ints = (values: number[]): GraphNode =>
      this.graph.constant(Int32Array.from(values), [values.length]);
    const begin = ints([0, 0, 0, 0]);
    const node = this.#op(
      'StridedSlice',
      [this.#view(x, planes(x.shape)), begin, ints([n * d, h, w, c]), ints([sz, sy, sx, 1])],
      { Index: { type: 'int32' } },
      planes(shape),
    );
    return { node, shape };
  }

  padPlane(x: GraphMap, [y, xs]: readonly [number, number]): GraphMap {
    return this.#padZeros(x, [
      [y, y],
      [xs, xs],
    ]);
  }

  resize(x: GraphMap, [d2, h2, w2]: readonly [number, number, number], how: Interpolation): GraphMap {
    const [n, d, h, w, c] = x.shape;
    if (how === 'linear' && this.type !== 'float32' && c >= VECTOR)
      return this.#resizeByProducts(x, [d2, h2, w2]);
    const plane = this.#resize2d(this.#view(x, planes(x.shape)), [n * d, h2, w2, c], [h, w], how);
    const between = { node: plane, shape: [n, d, h2, w2, c] as Shape5 };
    const shape: Shape5 = [n, d2, h2, w2, c];
    const node = this.#resize2d(
      this.#view(between, columns(between.shape)),
      columns(shape),
      [d, h2 * w2],
      how,
    );
    return { node, shape };
  }

  upConvolution(name: string, x: GraphMap, [kz, ky, kx]: readonly [number, number, number]): GraphMap {
    const [n, d, h, w, c] = x.shape;
    const { values, shape } = this.weights.convolution(name);
    const [, width] = shape as [number, number];
    const out = width / (kz * ky * kx);
    const product = this.#op(
      'Conv2D',
      [this.#view(x, planes(x.shape)), this.#weight(values, [1, 1, c, width])],
      { ...NHWC, strides: { integers: [1, 1, 1, 1] }, padding: { text: 'VALID' } },
      [n * d, h, w, width],
    );
    const blocks = this.#reshape(product, [n * d, h, w, kz, ky, kx * out]);
    const order = this.graph.constant(Int32Array.of(0, 3, 1, 4, 2, 5), [6]);
    const node = this.#op('Transpose', [blocks, order], { Tperm: { type: 'int32' } }, [
      n * d,
      kz,
      h,
      ky,
      w,
      kx * out,
    ]);
    return { node, shape: [n, d * kz, h * ky, w * kx, out] };
  }

  /**
   * Linear interpolation as a matrix product for each axis. For numbers of few bits it takes half the time of TensorFlow's op, which
   * works in float32 on one thread.
   */
  #resizeByProducts(x: GraphMap, [d2, h2, w2]: readonly [number, number, number]): GraphMap {
    const [n, d, h, w, c] = x.shape;
    const alongZ = this.#interpolate(this.#view(x, [n, d, h * w * c]), d2);
    const alongY = this.#interpolate(this.#reshape(alongZ, [n * d2, h, w * c]), h2);
    const alongX = this.#interpolate(this.#reshape(alongY, [n * d2 * h2, w, c]), w2);
    return { node: alongX, shape: [n, d2, h2, w2, c] };
  }

  /** Enlarges the middle one of three axes. */
  #interpolate(x: GraphNode, size: number): GraphNode {
    const [batch, from, c] = x.shape as [number, number, number];
    if (size === from) return x;
    const matrix = this.#weight(interpolationMatrix(from, size), [1, size, from]);
    return this.#op('BatchMatMulV2', [matrix, x], {}, [batch, size, c]);
  }

  #resize2d(x: GraphNode, shape: Shape4, from: readonly [number, number], how: Interpolation): GraphNode {
    if (from[0] === shape[1] && from[1] === shape[2]) return x;
    const size = this.graph.constant(Int32Array.of(shape[1], shape[2]), [2]);
    const linear = how === 'linear';
    const op = linear ? 'ResizeBilinear' : 'ResizeNearestNeighbor';
    const options = { align_corners: { bool: linear }, half_pixel_centers: { bool: false } };
    const y = this.graph.op(
      op,
      [x, size],
      { T: { type: x.type }, ...options },
      shape,
      linear ? 'float32' : x.type,
    );
    return this.#cast(y);
  }

  #maxPool(
    x: GraphMap,
    stored: Shape4,
    kernel: readonly [number, number],
    strides: readonly [number, number],
    shape: Shape5,
  ): GraphMap {
    const sizes = [1, 2].map(
      (axis) => Math.floor((stored[axis]! - kernel[axis - 1]!) / strides[axis - 1]!) + 1,
    );
    const node = this.#op(
      'MaxPool',
      [this.#view(x, stored)],
      {
        ...NHWC,
        ksize: { integers: [1, ...kernel, 1] },
        strides: { integers: [1, ...strides, 1] },
        padding: { text: 'VALID' },
      },
      [stored[0], sizes[0]!, sizes[1]!, stored[3]],
    );
    return { node, shape };
  }

  /** Zeros around H and W. */
  #padZeros(
    x: GraphMap,
    [py, px]: readonly [readonly [number, number], readonly [number, number]],
  ): GraphMap {
    const [n, d, h, w, c] = x.shape;
    const shape: Shape5 = [n, d, h + py[0] + py[1], w + px[0] + px[1], c];
    const paddings = this.graph.constant(Int32Array.of(0, 0, ...py, ...px, 0, 0), [4, 2]);
    const inputs = [this.#view(x, planes(x.shape)), paddings];
    return { node: this.#op('Pad', inputs, { Tpaddings: { type: 'int32' } }, planes(shape)), shape };
  }

  /** The slice below, the slice itself and the one above as channels; zeros beyond the ends. */
  #stackSlices(x: GraphMap): GraphMap {
    const [n, d, h, w, c] = x.shape;
    const stack: GraphMap = { node: x.node, shape: [1, n, d, h * w, c] };
    const { node } = this.#padZeros(stack, [
      [1, 1],
      [0, 0],
    ]);
    const ints = (values: number[]): GraphNode =>
      this.graph.constant(Int32Array.from(values), [values.length]);
    const shifted = [0, 1, 2].map((z): GraphMap => {
      const inputs = [node, ints([0, z, 0, 0]), ints([n, d, h * w, c])];
      return {
        node: this.#op('Slice', inputs, { Index: { type: 'int32' } }, [n, d, h * w, c]),
        shape: x.shape,
      };
    });
    return this.concat(shifted);
  }

  #op(op: string, inputs: GraphNode[], attributes: GraphAttributes, shape: readonly number[]): GraphNode {
    return this.graph.op(op, inputs, { T: { type: this.type }, ...attributes }, shape, this.type);
  }

  #weight(values: Float32Array, shape: readonly number[]): GraphNode {
    return this.#cast(this.graph.constant(values, shape));
  }

  #cast(x: GraphNode, type: GraphType = this.type): GraphNode {
    if (x.type === type) return x;
    const attributes = { SrcT: { type: x.type }, DstT: { type } };
    return this.graph.op('Cast', [x], attributes, x.shape, type);
  }

  #view(x: GraphMap, shape: readonly number[]): GraphNode {
    return x.node.shape.join() === shape.join() ? x.node : this.#reshape(x.node, shape);
  }

  #reshape(x: GraphNode, shape: readonly number[]): GraphNode {
    const sizes = this.graph.constant(Int32Array.from(shape), [shape.length]);
    return this.graph.op(
      'Reshape',
      [x, sizes],
      { T: { type: x.type }, Tshape: { type: 'int32' } },
      shape,
      x.type,
    );
  }
}

/** Vector units like channels in groups of this many; TensorFlow's batch normalisation is up to ten times slower without. */
const CHANNEL_GROUP = 32;

/** How many neighbouring voxels, taken as one with so many times the channels, make whole groups. */
function neighboursFor(channels: number, voxels: number): number {
  let times = 1;
  while ((channels * times) % CHANNEL_GROUP !== 0 && times < CHANNEL_GROUP) times *= 2;
  return voxels % times === 0 ? times : 1;
}

function repeat(values: Float32Array, times: number): Float32Array {
  return Float32Array.from({ length: values.length * times }, (_, i) => values[i % values.length]!);
}

/** Convolutions with fewer outputs than this leave vector units half empty. */
const VECTOR = 16;

/**
 * How many neighbouring outputs along x a convolution of stride 1 gives at once, as so many times the channels: the kernel
 * grows by a voxel for each, but the vector units are full.
 */
function groupFor([, kx, , out]: Shape4, width: number): number {
  let times = 1;
  if (kx % 2 === 0) return times;
  while (2 * times * out <= VECTOR && width % (2 * times) === 0) times *= 2;
  return times;
}

/** The kernel that gives so many neighbours along x at once: the same one, each time a voxel further. */
function groupedKernel(
  values: Float32Array,
  [ky, kx, inputs, out]: Shape4,
  times: number,
): [values: Float32Array, shape: Shape4] {
  if (times === 1) return [values, [ky, kx, inputs, out]];
  const width = kx + times - 1;
  const kernel = new Float32Array(ky * width * inputs * times * out);
  for (let row = 0; row < ky * kx * inputs; row++) {
    const i = row % inputs;
    const x = Math.floor(row / inputs) % kx;
    const y = Math.floor(row / inputs / kx);
    const taps = values.subarray(row * out, (row + 1) * out);
    for (let shift = 0; shift < times; shift++) {
      kernel.set(taps, (((y * width + x + shift) * inputs + i) * times + shift) * out);
    }
  }
  return [kernel, [ky, width, inputs, times * out]];
}

/**
 * The matrix [to, from] of a linear interpolation that aligns corners. Its weights are multiples of 1/256, which bfloat16 holds, so that
 * the two of a voxel add up to 1 as exactly in few bits; places are off by 1/512 of a voxel at most.
 */
function interpolationMatrix(from: number, to: number): Float32Array {
  const matrix = new Float32Array(to * from);
  for (let row = 0; row < to; row++) {
    const place = to === 1 ? 0 : (row * (from - 1)) / (to - 1);
    const below = Math.min(Math.floor(place), Math.max(0, from - 2));
    const share = Math.round((place - below) * 256) / 256;
    matrix[row * from + below] = 1 - share;
    if (share > 0) matrix[row * from + below + 1] = share;
  }
  return matrix;
}

/** The same memory, with so many neighbours along x as one with so many times the channels. */
const grouping = ([n, h, w, c]: Shape4, times: number): Shape4 => [n, h, w / times, c * times];

/** Slices as a batch of planes. */
const planes = ([n, d, h, w, c]: Shape5): Shape4 => [n * d, h, w, c];

/** Depth as rows, voxels of a slice as columns. */
const columns = ([n, d, h, w, c]: Shape5): Shape4 => [n, d, h * w, c];

function paddingOf(
  [h, w]: readonly [number, number],
  kernel: readonly number[],
  [sy, sx]: readonly [number, number],
  grouped: number,
): GraphAttributes {
  if (grouped > 1) {
    const [y, x] = [kernel[0]! >> 1, kernel[1]! >> 1];
    return { padding: { text: 'EXPLICIT' }, explicit_paddings: { integers: [0, 0, y, y, x, x, 0, 0] } };
  }
  if (kernel[0] === 1 && kernel[1] === 1) return { padding: { text: 'VALID' } };
  if (sy === 1 && sx === 1) return { padding: { text: 'SAME' } };
  const integers = [0, 0, ...paddingFor(h, kernel[0]!, sy), ...paddingFor(w, kernel[1]!, sx), 0, 0];
  return { padding: { text: 'EXPLICIT' }, explicit_paddings: { integers } };
}
