import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError, UnsupportedError } from '@lungseg/core';
import { DATA_TYPES, type NumberType } from './data-types.js';
import { isNative } from './native.js';
import { SavedModel } from './tensorflow-messages.js';

/** A type of numbers inside a graph; its input and output are float32. */
export type GraphType = NumberType;

/** A tensor of a graph: where it comes from, and its static shape. */
export interface GraphNode {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: GraphType;
}

/** Attributes of a TensorFlow op, each with its kind, as a graph can't infer it. */
export type GraphAttributes = Readonly<Record<string, GraphAttribute>>;

/** One attribute: a type, a truth value, a float, a text, an integer, or several. */
export type GraphAttribute =
  | { readonly type: GraphType }
  | { readonly bool: boolean }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly integer: number }
  | { readonly integers: readonly number[] };

/** A graph that TensorFlow has optimised and keeps in memory. */
export interface CompiledGraph {
  /** Runs it; the caller disposes the output. */
  run(input: tf.Tensor): tf.Tensor;
  /** Frees it. */
  dispose(): void;
}

/** What this file uses of tfjs-node's backend object. */
interface SavedModelBackend {
  loadSavedModelMetaGraph(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(
    id: number,
    inputs: readonly tf.Tensor[],
    inputInfos: readonly { readonly name: string; readonly dtype: 'float32' }[],
    outputs: readonly string[],
  ): tf.Tensor[];
}

/** The version of TensorFlow's graphs that is written; anything since 2017 will do. */
const PRODUCER = 1087;
const TAG = 'serve';

/**
 * Writes a TensorFlow graph op by op. A graph is faster than the same ops run one at a time: TensorFlow fuses
 * convolution, bias, addition and ReLU into one kernel, keeps constant weights in the layout of its kernels, reuses
 * buffers, and needs no JavaScript between two ops.
 *
 * @see https://www.tensorflow.org/guide/graph_optimization
 */
export class NativeGraph {
  readonly #nodes: object[] = [];
  readonly #input: GraphNode;

  /** @param inputShape static shape of the graph's one input, which is float32 */
  constructor(readonly inputShape: readonly number[]) {
    this.#input = this.op('Placeholder', [], { dtype: { type: 'float32' } }, inputShape);
  }

  get input(): GraphNode {
    return this.#input;
  }

  /** A constant of float32 or int32. */
  constant(values: Float32Array | Int32Array, shape: readonly number[]): GraphNode {
    const type = values instanceof Int32Array ? 'int32' : 'float32';
    const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.#add('Const', [], shape, type, {
      dtype: { type: DATA_TYPES[type] },
      value: {
        tensor: { dtype: DATA_TYPES[type], tensor_shape: shapeOf(shape), tensor_content: content },
      },
    });
  }

  /**
   * Adds an op with one output.
   *
   * @param op for instance `Conv2D`
   * @param inputs in its order
   * @param attributes those without a default
   * @param shape of the output
   * @param type of the output; the first input's by default
   */
  op(
    op: string,
    inputs: readonly GraphNode[],
    attributes: GraphAttributes,
    shape: readonly number[],
    type: GraphType = inputs[0]?.type ?? 'float32',
  ): GraphNode {
    const attr = Object.fromEntries(
      Object.entries(attributes).map(([name, attribute]) => [name, attributeOf(attribute)]),
    );
    if (op === 'Placeholder') attr['shape'] = { shape: shapeOf(shape) };
    return this.#add(
      op,
      inputs.map(({ name }) => name),
      shape,
      type,
      attr,
    );
  }

  /** The graph as a SavedModel. */
  encode(): Uint8Array {
    const graph = { node: this.#nodes, versions: { producer: PRODUCER } };
    return SavedModel.encode(
      SavedModel.create({
        saved_model_schema_version: 1,
        meta_graphs: [{ meta_info_def: { tags: [TAG] }, graph_def: graph }],
      }),
    ).finish();
  }

  #add(
    op: string,
    input: readonly string[],
    shape: readonly number[],
    type: GraphType,
    attr: Record<string, object>,
  ): GraphNode {
    const name = `n${this.#nodes.length}`;
    this.#nodes.push({ name, op, input, attr });
    return { name, shape, type };
  }
}

/**
 * Hands a graph to TensorFlow.
 *
 * @param graph what to compute
 * @param output its result, float32
 * @throws InvalidArgumentError for an output of another type
 */
export type GraphCompiler = (graph: NativeGraph, output: GraphNode) => CompiledGraph;

/**
 * What compiles graphs, without waiting, on the current backend.
 *
 * @throws UnsupportedError when that isn't the native one
 */
export async function nativeGraphCompiler(): Promise<GraphCompiler> {
  if (!isNative()) {
    throw new UnsupportedError(`Graphs need the native backend. Received: ${tf.getBackend()}.`);
  }
  const fs = await import('node:fs');
  const os = await import('node:os');
  const path = await import('node:path');
  const backend = tf.backend() as unknown as SavedModelBackend;
  // TensorFlow's C API takes a graph from a file only.
  const load = (bytes: Uint8Array): number => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lungseg-graph-'));
    try {
      fs.writeFileSync(path.join(folder, 'saved_model.pb'), bytes);
      return backend.loadSavedModelMetaGraph(folder, TAG);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  };
  return (graph, output) => {
    if (output.type !== 'float32') {
      throw new InvalidArgumentError(`A graph's output must be float32. Received: ${output.type}.`);
    }
    const id = load(graph.encode());
    const infos = [{ name: `${graph.input.name}:0`, dtype: 'float32' }] as const;
    return {
      run: (input) => backend.runSavedModel(id, [input], infos, [`${output.name}:0`])[0]!,
      dispose: () => backend.deleteSavedModel(id),
    };
  };
}

const shapeOf = (shape: readonly number[]): object => ({ dim: shape.map((size) => ({ size })) });

function attributeOf(attribute: GraphAttribute): object {
  if ('type' in attribute) return { type: DATA_TYPES[attribute.type] };
  if ('bool' in attribute) return { b: attribute.bool };
  if ('float' in attribute) return { f: attribute.float };
  if ('text' in attribute) return { s: new TextEncoder().encode(attribute.text) };
  if ('integer' in attribute) return { i: attribute.integer };
  return { list: { i: attribute.integers } };
}
