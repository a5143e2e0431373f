import * as tf from '@tensorflow/tfjs-core';
import { choosePrecision, selectBackend, type PrecisionChoice } from '@lungseg/backend';
import { diceLoss } from '@lungseg/losses';
import type { AHNet } from '@lungseg/networks';
import { Adam, optimizationStep, type Batch } from '@lungseg/trainer';
import { serveTasks } from '../serve-tasks.js';
import { loadAHNet, noise, type AHNetRequest } from './ahnet-weights.js';

const backend = await selectBackend();
const precision = await choosePrecision((process.argv[2] ?? 'float32') as PrecisionChoice, backend);
const recompute = process.argv[3] === 'recompute';
const loss = diceLoss();
const optimizer = new Adam();
let training: { readonly network: AHNet; readonly batch: Batch } | undefined;

await serveTasks(`lungseg, ${precision}${recompute ? ', recomputing blocks' : ''}`, (request) => {
  training ??= prepare(request as AHNetRequest);
  const { network, batch } = training;
  optimizationStep({ network, loss, optimizer, batches: [batch], learningRate: 1e-4, mode: 'train' });
  return Promise.resolve();
});

function prepare(request: AHNetRequest): NonNullable<typeof training> {
  const shape: [number, number, number, number, number] = [1, ...request.size, 1];
  const image = tf.tensor(noise(tf.util.sizeFromShape(shape)), shape, 'float32');
  const label = tf.tidy(() => tf.cast(tf.greater(image, 0.5), 'float32'));
  const network = loadAHNet(request);
  network.recompute = recompute;
  network.precision = precision;
  return { network, batch: { image, label } };
}
