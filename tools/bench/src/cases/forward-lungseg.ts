import * as tf from '@tensorflow/tfjs-core';
import { choosePrecision, selectBackend, type PrecisionChoice } from '@lungseg/backend';
import type { PreparedNetwork } from '@lungseg/networks';
import { serveTasks } from '../serve-tasks.js';
import { loadAHNet, noise, type AHNetRequest } from './ahnet-weights.js';

const backend = await selectBackend();
const precision = await choosePrecision((process.argv[2] ?? 'float32') as PrecisionChoice, backend);
let prepared: { readonly network: PreparedNetwork; readonly input: tf.Tensor } | undefined;

await serveTasks(`lungseg, ${precision}`, async (request) => {
  prepared ??= await prepare(request as AHNetRequest);
  const logits = prepared.network.apply(prepared.input);
  logits.dataSync();
  logits.dispose();
});

async function prepare(request: AHNetRequest): Promise<NonNullable<typeof prepared>> {
  const network = loadAHNet(request);
  const inference = await network.prepareForInference({ precision });
  network.dispose();
  const [d, h, w] = request.size;
  return { network: inference, input: tf.tensor(noise(d * h * w), [1, d, h, w, 1]) };
}
