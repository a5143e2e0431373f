import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError, type NamedArray, type Rng, type StateDict } from '@lungseg/core';
import { inverseOrder, permute } from './permute.js';

/**
 * How a parameter is laid out for computing, against PyTorch's [O, I, kX, kY, kZ].
 * - `pointwise`: [I, O], for a matrix product
 * - `in-plane`: [kY, kX, I, O]
 * - `depth`: [kZ, 1, I, O]
 * - `stem`: [kY, kX, kZ * I, O], for neighbouring slices stacked as channels
 * - `transposed`: from [I, O, kX, kY, kZ] to [I, kZ * kY * kX * O]
 * - `vector`: [C] in both
 */
export type ParameterLayout = 'pointwise' | 'in-plane' | 'depth' | 'stem' | 'transposed' | 'vector';

/** How the values of a new parameter are drawn. */
export type Initializer =
  { readonly constant: number } | { readonly normal: number } | { readonly uniform: number };

/** A parameter or buffer of a network, declared before it exists. */
export interface ParameterSpec {
  /** Its name in PyTorch's state_dict. */
  readonly name: string;
  /** Its shape in PyTorch with three spatial axes; a 2-D network's kernels [kX, kY] stand here as [kX, 1, kY]. */
  readonly shape: readonly number[];
  readonly layout: ParameterLayout;
  readonly trainable: boolean;
  readonly initializer: Initializer;
}

const CONVOLUTION_ORDERS: Readonly<Record<Exclude<ParameterLayout, 'vector'>, readonly number[]>> = {
  pointwise: [4, 3, 2, 1, 0],
  'in-plane': [4, 3, 2, 1, 0],
  depth: [4, 3, 2, 1, 0],
  stem: [3, 2, 4, 1, 0],
  transposed: [0, 4, 3, 2, 1],
};

function computeShape({ layout, shape }: ParameterSpec): number[] {
  const [a, b, kx, ky, kz] = shape as [number, number, number, number, number];
  switch (layout) {
    case 'vector':
      return [...shape];
    case 'pointwise':
      return [b, a];
    case 'in-plane':
      return [ky, kx, b, a];
    case 'depth':
      return [kz, 1, b, a];
    case 'stem':
      return [ky, kx, kz * b, a];
    case 'transposed':
      return [a, kz * ky * kx * b];
  }
}

/** The parameters and buffers of a network, by PyTorch's names, kept as tfjs variables in the layout they are computed in. */
export class Parameters {
  readonly #specs: ReadonlyMap<string, ParameterSpec>;
  readonly #variables = new Map<string, tf.Variable>();
  readonly #dropSpatialAxis: boolean;
  #batches = 0;

  /**
   * @param specs what there is
   * @param spatialDims 2 where PyTorch's kernels have two spatial axes
   * @param rng draws the initial values
   */
  constructor(specs: readonly ParameterSpec[], spatialDims: 2 | 3, rng: Rng) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#dropSpatialAxis = spatialDims === 2;
    for (const spec of specs) {
      const values = new Float32Array(spec.shape.reduce((a, b) => a * b, 1)).map(() =>
        draw(spec.initializer, rng),
      );
      const tensor = tf.tensor(values, computeShape(spec), 'float32');
      this.#variables.set(spec.name, tf.variable(tensor, spec.trainable));
      tensor.dispose();
    }
  }

  /** The variable of this name, in the layout it is computed in; the caller names its rank, as in a cast. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  get<T extends tf.Tensor = tf.Tensor>(name: string): T {
    const variable = this.#variables.get(name);
    if (variable === undefined)
      throw new InvalidArgumentError(`The network has no parameter named '${name}'.`);
    return variable as unknown as T;
  }

  /** Whether a parameter of this name exists. */
  has(name: string): boolean {
    return this.#variables.has(name);
  }

  /** Every variable by name. */
  entries(): IterableIterator<[string, tf.Variable]> {
    return this.#variables.entries();
  }

  /** The variables that training changes. */
  trainable(): Map<string, tf.Variable> {
    return new Map([...this.#variables].filter(([name]) => this.#specs.get(name)!.trainable));
  }

  /** The variables that training changes and whose names begin with one of these, up to a dot. */
  trainableOf(prefixes: readonly string[]): tf.Variable[] {
    return [...this.trainable()].flatMap(([name, variable]) =>
      prefixes.some((prefix) => name.startsWith(`${prefix}.`)) ? [variable] : [],
    );
  }

  /** How often the running statistics have been updated: PyTorch's num_batches_tracked. */
  countBatch(): void {
    this.#batches++;
  }

  /**
   * Converts an array in the layout of a parameter, for instance its gradient, to PyTorch's.
   *
   * @param name the parameter's name
   * @param data values in the layout it is computed in
   */
  toPyTorch(name: string, data: Float32Array): NamedArray {
    const spec = this.#specs.get(name);
    if (spec === undefined) throw new InvalidArgumentError(`The network has no parameter named '${name}'.`);
    const shape = this.#pyTorchShape(spec);
    if (spec.layout === 'vector') return { shape, data: data.slice() };
    const order = CONVOLUTION_ORDERS[spec.layout];
    const permuted = order.map((axis) => spec.shape[axis]!);
    return { shape, data: permute(data, permuted, inverseOrder(order)) };
  }

  /** Every parameter and buffer in PyTorch's layout. */
  stateDict(): StateDict {
    const state = new Map<string, NamedArray>();
    for (const [name, variable] of this.#variables) {
      state.set(name, this.toPyTorch(name, variable.dataSync<'float32'>()));
      if (name.endsWith('.running_var')) {
        const counter = name.replace(/running_var$/, 'num_batches_tracked');
        state.set(counter, { shape: [], data: BigInt64Array.of(BigInt(this.#batches)) });
      }
    }
    return state;
  }

  /**
   * Takes over the values of a state dict, all or none.
   *
   * @throws InvalidArgumentError when a name is missing or unexpected, or a shape differs
   */
  loadStateDict(state: StateDict): void {
    this.#checkNames(state);
    for (const [name, variable] of this.#variables) {
      const spec = this.#specs.get(name)!;
      const data = state.get(name)!.data as Float32Array;
      const values =
        spec.layout === 'vector' ? data : permute(data, spec.shape, CONVOLUTION_ORDERS[spec.layout]);
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape, 'float32')));
    }
    const counter = [...state.keys()].find((name) => name.endsWith('num_batches_tracked'));
    if (counter !== undefined) this.#batches = Number(state.get(counter)!.data[0]);
  }

  dispose(): void {
    for (const variable of this.#variables.values()) variable.dispose();
    this.#variables.clear();
  }

  #checkNames(state: StateDict): void {
    const names = [...state.keys()].filter((name) => !name.endsWith('num_batches_tracked'));
    const missing = [...this.#specs.keys()].filter((name) => !state.has(name));
    const unexpected = names.filter((name) => !this.#specs.has(name));
    if (missing.length > 0 || unexpected.length > 0) {
      throw new InvalidArgumentError(
        `The weights don't belong to this network: ${listOf(missing)} missing, ${listOf(unexpected)} unexpected. ` +
          'Build the network with the options that the weights were trained with.',
      );
    }
    for (const [name, spec] of this.#specs) {
      const array = state.get(name)!;
      const expected = this.#pyTorchShape(spec);
      if (array.shape.join() !== expected.join() || !(array.data instanceof Float32Array)) {
        throw new InvalidArgumentError(
          `The parameter ${name} must be float32 of shape [${expected.join(', ')}]. Received: [${array.shape.join(', ')}]. ` +
            'Build the network with the options that the weights were trained with.',
        );
      }
    }
  }

  #pyTorchShape(spec: ParameterSpec): number[] {
    return this.#dropSpatialAxis && spec.layout !== 'vector'
      ? [spec.shape[0]!, spec.shape[1]!, spec.shape[2]!, spec.shape[4]!]
      : [...spec.shape];
  }
}

function draw(initializer: Initializer, rng: Rng): number {
  if ('constant' in initializer) return initializer.constant;
  if ('normal' in initializer) return rng.normal(0, initializer.normal);
  return rng.uniform(-initializer.uniform, initializer.uniform);
}

function listOf(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}
