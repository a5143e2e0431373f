import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { isNative } from './native.js';
import { NativeGraph, nativeGraphCompiler, type GraphNode, type GraphType } from './native-graph.js';
import { selectBackend } from './select-backend.js';

const SHAPE = [2, 6, 5, 8];
let x: tf.Tensor4D;
let filter: tf.Tensor4D;
let bias: tf.Tensor1D;

beforeEach(async () => {
  await selectBackend('native');
  if (!isNative()) throw new Error('This test needs the native backend: npx nx run native:provision.');
  x = tf.randomNormal<tf.Rank.R4>([2, 6, 5, 8], 0, 1, 'float32', 1);
  filter = tf.randomNormal<tf.Rank.R4>([3, 3, 8, 4], 0, 0.2, 'float32', 2);
  bias = tf.randomNormal<tf.Rank.R1>([4], 0, 1, 'float32', 3);
});
afterEach(() => {
  tf.dispose([x, filter, bias]);
});

/** relu(conv(x) + bias), multiplied in this type. */
function convolutionGraph(type: GraphType): { graph: NativeGraph; output: GraphNode } {
  const graph = new NativeGraph(SHAPE);
  const cast = (node: GraphNode, to: GraphType): GraphNode =>
    node.type === to
      ? node
      : graph.op('Cast', [node], { SrcT: { type: node.type }, DstT: { type: to } }, node.shape, to);
  const constant = (t: tf.Tensor): GraphNode => cast(graph.constant(t.dataSync<'float32'>(), t.shape), type);
  const shape = [2, 6, 5, 4];
  const layout = { T: { type }, data_format: { text: 'NHWC' } } as const;
  const attributes = { ...layout, strides: { integers: [1, 1, 1, 1] }, padding: { text: 'SAME' } };
  const product = graph.op('Conv2D', [cast(graph.input, type), constant(filter)], attributes, shape);
  const sum = graph.op('BiasAdd', [product, constant(bias)], layout, shape);
  return { graph, output: cast(graph.op('Relu', [sum], { T: { type } }, shape), 'float32') };
}

describe('NativeGraph', () => {
  test.each([
    ['float32', 1e-5],
    ['bfloat16', 0.06],
    ['float16', 0.01],
  ] as const)(
    'computes a convolution with bias and ReLU as the portable ops do: %s',
    async (type, tolerance) => {
      const before = tf.memory().numTensors;
      const { graph, output } = convolutionGraph(type);
      const compiled = (await nativeGraphCompiler())(graph, output);
      const actual = compiled.run(x);
      expect(actual.shape).toEqual([2, 6, 5, 4]);
      const difference = tf.tidy(() => {
        const expected = tf.relu(tf.add(tf.conv2d(x, filter, 1, 'same'), bias));
        return tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]!;
      });
      expect(difference).toBeLessThan(tolerance);
      if (type !== 'float32') expect(difference).toBeGreaterThan(0);
      actual.dispose();
      compiled.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  test('names what TensorFlow refuses', async () => {
    const graph = new NativeGraph([1]);
    const output = graph.op('NoSuchOp', [graph.input], {}, [1]);
    const compile = await nativeGraphCompiler();
    expect(() => compile(graph, output)).toThrow(/NoSuchOp/);
  });

  test('gives float32 only', async () => {
    const graph = new NativeGraph([1]);
    const attributes = { SrcT: { type: 'float32' }, DstT: { type: 'bfloat16' } } as const;
    const output = graph.op('Cast', [graph.input], attributes, [1], 'bfloat16');
    const compile = await nativeGraphCompiler();
    expect(() => compile(graph, output)).toThrow("A graph's output must be float32. Received: bfloat16.");
  });

  test('needs the native backend', async () => {
    await selectBackend('cpu');
    await expect(nativeGraphCompiler()).rejects.toThrow('Graphs need the native backend. Received: cpu.');
    await selectBackend('native');
  });
});
