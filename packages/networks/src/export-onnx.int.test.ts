import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { selectBackend } from '@lungseg/backend';
import type { AHNetOptions } from './ahnet-options.js';
import { AHNet } from './ahnet.js';
import { exportOnnx } from './export-onnx.js';
import { OnnxModel } from './onnx-messages.js';

/** The tests under onnxruntime-node run where LUNGSEG_ONNXRUNTIME names its dist/index.js: it is too large to install for all. */
const onnxRuntime = process.env['LUNGSEG_ONNXRUNTIME'];
const withOnnxRuntime = onnxRuntime === undefined ? test.skip : test;

/** Runs in a process of its own, since onnxruntime takes no arrays of Jest's realm: reads model.onnx and image, writes logits. */
const RUN = `
  import { readFileSync, writeFileSync } from 'node:fs';
  const [runtime, ...dims] = process.argv.slice(1);
  const { default: { InferenceSession, Tensor } } = await import(runtime);
  const session = await InferenceSession.create('model.onnx');
  const values = new Float32Array(new Uint8Array(readFileSync('image')).buffer);
  const { logits } = await session.run({ image: new Tensor('float32', values, dims.map(Number)) });
  writeFileSync('logits', new Uint8Array(logits.data.buffer));
  console.log(JSON.stringify(logits.dims));
`;

let folder: string;
afterAll(() => rm(folder, { recursive: true }));

/** The model's output for an input, under onnxruntime. */
async function runOnnx(
  model: Uint8Array,
  image: tf.Tensor,
): Promise<{ dims: unknown; values: Float32Array }> {
  await writeFile(join(folder, 'model.onnx'), model);
  await writeFile(join(folder, 'image'), new Uint8Array(image.dataSync<'float32'>().slice().buffer));
  const args = ['--input-type=module', '-e', RUN, onnxRuntime!, ...image.shape.map(String)];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  const values = new Float32Array(new Uint8Array(await readFile(join(folder, 'logits'))).buffer);
  return { dims: JSON.parse(stdout), values };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-onnx-'));
  await selectBackend('native');
});

const SMALL = { width: 1 / 16, outChannels: 2 } as const;
const CASES: [string, AHNetOptions][] = [
  ['trilinear', { ...SMALL, upsampleMode: 'trilinear', pspBlockNum: 0 }],
  ['transpose, psp 2', { ...SMALL, upsampleMode: 'transpose', pspBlockNum: 2 }],
  ['nearest', { ...SMALL, upsampleMode: 'nearest', pspBlockNum: 0 }],
  ['trilinear, psp 3', { ...SMALL, upsampleMode: 'trilinear', pspBlockNum: 3 }],
  ['2-D, transpose, psp 1', { ...SMALL, upsampleMode: 'transpose', pspBlockNum: 1, spatialDims: 2 }],
  ['2-D, bilinear', { ...SMALL, upsampleMode: 'bilinear', pspBlockNum: 0, spatialDims: 2 }],
];

/** A network whose normalisations do something. */
function trainedNetwork(options: AHNetOptions): AHNet {
  const network = new AHNet(options, 7);
  const shape = options.spatialDims === 2 ? [2, 64, 64, 1] : [1, 32, 64, 64, 1];
  for (let step = 0; step < 3; step++) {
    tf.tidy(() => network.apply(tf.randomNormal(shape, 0, 1, 'float32', step), 'train'));
  }
  return network;
}

describe('exportOnnx', () => {
  test.each(CASES)('names every weight once, and an output for each input: %s', (_name, options) => {
    const network = new AHNet(options);
    const { graph } = OnnxModel.toObject(OnnxModel.decode(exportOnnx(network)), { arrays: true }) as {
      graph: {
        node: { op_type: string; input: string[]; output: string[] }[];
        initializer: { name: string; dims: { toString(): string }[]; raw_data: Uint8Array }[];
        output: { name: string }[];
      };
    };
    const weights = [...network.stateDict()].filter(([name]) => !name.endsWith('num_batches_tracked'));
    const initializers = new Map(graph.initializer.map((one) => [one.name, one]));
    for (const [name, { data }] of weights) {
      expect(initializers.get(name)?.raw_data.length).toBe(4 * data.length);
    }
    const known = new Set(['', 'image', ...initializers.keys()]);
    for (const { input, output } of graph.node) {
      expect(input.filter((name) => !known.has(name))).toEqual([]);
      known.add(output[0]!);
    }
    expect(known.has(graph.output[0]!.name)).toBe(true);
    network.dispose();
  });

  withOnnxRuntime.each(CASES)(
    'matches the network under onnxruntime, at two sizes: %s',
    async (_name, options) => {
      const network = trainedNetwork(options);
      const model = exportOnnx(network);
      for (const [n, d, h, w] of [
        [1, 32, 64, 64],
        [2, 64, 96, 128],
      ] as const) {
        const flat = options.spatialDims === 2;
        const input = tf.randomNormal(flat ? [n, h, w, 1] : [n, d, h, w, 1], 0, 1, 'float32', 3);
        const order = flat ? [0, 3, 2, 1] : [0, 4, 3, 2, 1];
        const image = tf.transpose(input, order);
        const expected = tf.tidy(() => tf.transpose(network.apply(input, 'evaluate'), order));
        const { dims, values } = await runOnnx(model, image);
        expect(dims).toEqual(expected.shape);
        const reference = expected.dataSync<'float32'>();
        const largest = reference.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
        const error = reference.reduce((most, v, i) => Math.max(most, Math.abs(v - values[i]!)), 0);
        expect(largest).toBeGreaterThan(0);
        expect(error / largest).toBeLessThan(1e-4);
        tf.dispose([input, image, expected]);
      }
      network.dispose();
    },
  );
});
