import * as tf from '@tensorflow/tfjs-core';
import {
  isNative,
  NativeGraph,
  nativeGraphCompiler,
  type CompiledGraph,
  type GraphCompiler,
  type Precision,
} from '@lungseg/backend';
import { UnsupportedError } from '@lungseg/core';
import { ahnetForward } from './ahnet-forward.js';
import type { Shape5 } from './ahnet-layers.js';
import type { ResolvedAHNetOptions } from './ahnet-options.js';
import { FoldedLayers } from './folded-layers.js';
import { GraphLayers } from './graph-layers.js';
import type { InferenceWeights } from './inference-weights.js';

/** How a network is prepared for inference. */
export interface InferenceOptions {
  /** What feature maps and weights are kept and multiplied in; float32 by default. The output is float32 always. */
  readonly precision?: Precision;
}

/** A network that only infers. */
export interface PreparedNetwork {
  readonly precision: Precision;
  /**
   * Maps an input to logits, as the network's `apply` does in `evaluate` mode; the caller disposes them.
   *
   * @throws ShapeError when the sizes don't fit; the text says which do
   */
  apply(input: tf.Tensor): tf.Tensor;
  /** Frees weights and graphs. */
  dispose(): void;
}

/** Graphs of so many sizes are kept: that of whole batches, and that of the last, smaller one. */
const GRAPHS_KEPT = 2;

/**
 * Prepares an AH-Net: graphs on the native backend, folded tensors elsewhere.
 *
 * @param options what the network is like
 * @param weights a copy of its weights
 * @param inference precision
 * @param checkShape throws a ShapeError for an input that doesn't fit
 */
export async function prepareAHNet(
  options: ResolvedAHNetOptions,
  weights: InferenceWeights,
  { precision = 'float32' }: InferenceOptions,
  checkShape: (input: tf.Tensor) => void,
): Promise<PreparedNetwork> {
  if (isNative()) {
    return new GraphNetwork(options, weights, precision, checkShape, await nativeGraphCompiler());
  }
  if (precision !== 'float32') {
    throw new UnsupportedError(`${precision} needs the native backend. Received: ${tf.getBackend()}.`);
  }
  const layers = new FoldedLayers(weights);
  return {
    precision,
    apply: (input) => {
      checkShape(input);
      return tf.tidy(() => {
        const logits = ahnetForward(layers, options, tf.reshape(input, shape5Of(input.shape)));
        return tf.reshape(logits, [...input.shape.slice(0, -1), options.outChannels]);
      });
    },
    dispose: () => layers.dispose(),
  };
}

class GraphNetwork implements PreparedNetwork {
  /** By the input's shape, the least recently used first. */
  readonly #graphs = new Map<string, CompiledGraph>();

  constructor(
    private readonly options: ResolvedAHNetOptions,
    private readonly weights: InferenceWeights,
    readonly precision: Precision,
    private readonly checkShape: (input: tf.Tensor) => void,
    private readonly compile: GraphCompiler,
  ) {}

  apply(input: tf.Tensor): tf.Tensor {
    this.checkShape(input);
    const key = input.shape.join();
    const graph = this.#graphs.get(key) ?? this.#build(input.shape);
    this.#graphs.delete(key);
    this.#graphs.set(key, graph);
    const [oldest] = this.#graphs.keys();
    if (this.#graphs.size > GRAPHS_KEPT) this.#free(oldest!);
    return graph.run(input);
  }

  dispose(): void {
    for (const key of [...this.#graphs.keys()]) this.#free(key);
  }

  #build(shape: readonly number[]): CompiledGraph {
    const graph = new NativeGraph(shape);
    const layers = new GraphLayers(graph, this.weights, this.precision);
    const logits = ahnetForward(layers, this.options, layers.input(shape5Of(shape)));
    return this.compile(graph, layers.output(logits, [...shape.slice(0, -1), this.options.outChannels]));
  }

  #free(key: string): void {
    this.#graphs.get(key)?.dispose();
    this.#graphs.delete(key);
  }
}

/** The 2-D network is the 3-D one on volumes of one row, with depth in the place of y. */
function shape5Of(shape: readonly number[]): [...Shape5] {
  const [n, d, h, w, c] = shape as Shape5;
  return shape.length === 5 ? [n, d, h, w, c] : [n, d, 1, h, w];
}
