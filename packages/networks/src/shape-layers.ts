import type { AHNetLayers, ConvolutionOptions, Shape5 } from './ahnet-layers.js';
import type { ParameterLayout, ParameterSpec } from './parameters.js';

/** A feature map of which only the sizes are known. */
export interface ShapeMap {
  readonly shape: Shape5;
}

/** One layer with weights, as it is met in a pass. */
export interface LayerCount {
  /** Its name in MONAI's state_dict. */
  readonly name: string;
  readonly type: 'Conv' | 'ConvTranspose' | 'BatchNorm';
  /** Sizes of its output, N, D, H, W, C. */
  readonly shape: Shape5;
  readonly parameters: number;
  /** Multiplications with additions. */
  readonly multiplyAdds: number;
}

/** AH-Net's layers over sizes alone: counts parameters, multiplications, and the values that are in memory at a time. */
export class ShapeLayers implements AHNetLayers<ShapeMap> {
  readonly layers: LayerCount[] = [];
  readonly #specs: ReadonlyMap<string, ParameterSpec>;
  /** Feature maps that are in memory. */
  readonly #live = new Set<ShapeMap>();
  #values = 0;
  #peak = 0;

  constructor(specs: readonly ParameterSpec[]) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
  }

  /** The most values that are in memory at a time, where each map is freed as soon as its block ends. */
  get peakValues(): number {
    return this.#peak;
  }

  shapeOf = (x: ShapeMap): Shape5 => x.shape;

  block(
    _parameters: readonly string[],
    inputs: readonly ShapeMap[],
    action: (...inputs: ShapeMap[]) => ShapeMap,
  ): ShapeMap {
    const before = new Set(this.#live);
    const result = action(...inputs);
    for (const map of [...this.#live]) if (!before.has(map) && map !== result) this.release(map);
    return result;
  }

  release(x: ShapeMap): void {
    if (this.#live.delete(x)) this.#values -= product(x.shape);
  }

  convolution(
    name: string,
    kind: Exclude<ParameterLayout, 'transposed' | 'vector'>,
    x: ShapeMap,
    { strides = [1, 1], norm, add }: ConvolutionOptions<ShapeMap> = {},
  ): ShapeMap {
    const [n, d, h, w, c] = x.shape;
    const { shape } = this.#spec(`${name}.weight`);
    // The stem's input is three neighbouring slices.
    if (kind === 'stem') this.#make([n, d, h, w, 3 * c]);
    const y = this.#make([n, d, h / strides[0], w / strides[1], shape[0]!]);
    const weights = product(shape);
    this.#count(name, 'Conv', y.shape, weights, (product(y.shape) / shape[0]!) * weights);
    if (norm !== undefined) this.#countNorm(norm, y.shape);
    return add === undefined ? y : this.#make(y.shape);
  }

  norm(name: string, x: ShapeMap): ShapeMap {
    this.#countNorm(name, x.shape);
    return this.#make(x.shape);
  }

  bias = (_name: string, x: ShapeMap): ShapeMap => this.#make(x.shape);
  add = (a: ShapeMap): ShapeMap => this.#make(a.shape);
  relu = (x: ShapeMap): ShapeMap => this.#make(x.shape);

  concat(xs: readonly ShapeMap[]): ShapeMap {
    const [n, d, h, w] = xs[0]!.shape;
    return this.#make([n, d, h, w, xs.reduce((sum, x) => sum + x.shape[4], 0)]);
  }

  maxPoolDepth(x: ShapeMap, size: number): ShapeMap {
    return this.subsample(x, [size, 1, 1]);
  }

  maxPoolPlane(x: ShapeMap, [y, xs]: readonly [number, number]): ShapeMap {
    return this.subsample(x, [1, y, xs]);
  }

  maxPoolOverlapping(x: ShapeMap, flat: boolean): ShapeMap {
    return this.subsample(x, [2, flat ? 1 : 2, 2]);
  }

  subsample(x: ShapeMap, [sz, sy, sx]: readonly [number, number, number]): ShapeMap {
    const [n, d, h, w, c] = x.shape;
    return this.#make([n, Math.floor(d / sz), Math.floor(h / sy), Math.floor(w / sx), c]);
  }

  padPlane(x: ShapeMap, [y, xs]: readonly [number, number]): ShapeMap {
    const [n, d, h, w, c] = x.shape;
    return this.#make([n, d, h + 2 * y, w + 2 * xs, c]);
  }

  resize(x: ShapeMap, [d2, h2, w2]: readonly [number, number, number]): ShapeMap {
    const [n, d, , , c] = x.shape;
    this.#make([n, d, h2, w2, c]);
    return this.#make([n, d2, h2, w2, c]);
  }

  upConvolution(name: string, x: ShapeMap, [kz, ky, kx]: readonly [number, number, number]): ShapeMap {
    const [n, d, h, w] = x.shape;
    const { shape } = this.#spec(`${name}.weight`);
    this.#make([n, d * kz, h * ky, w * kx, shape[1]!]);
    const y = this.#make([n, d * kz, h * ky, w * kx, shape[1]!]);
    const weights = product(shape);
    this.#count(name, 'ConvTranspose', y.shape, weights, n * d * h * w * weights);
    return y;
  }

  #make(shape: Shape5): ShapeMap {
    const map = { shape };
    this.#live.add(map);
    this.#values += product(shape);
    this.#peak = Math.max(this.#peak, this.#values);
    return map;
  }

  #countNorm(name: string, shape: Shape5): void {
    this.#count(name, 'BatchNorm', shape, 2 * shape[4], product(shape));
  }

  #count(name: string, type: LayerCount['type'], shape: Shape5, weights: number, multiplyAdds: number): void {
    const bias = type === 'BatchNorm' ? undefined : this.#specs.get(`${name}.bias`);
    const parameters = weights + (bias === undefined ? 0 : product(bias.shape));
    this.layers.push({ name, type, shape, parameters, multiplyAdds });
  }

  #spec(name: string): ParameterSpec {
    return this.#specs.get(name)!;
  }
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
