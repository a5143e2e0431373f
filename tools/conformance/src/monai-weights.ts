import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@lungseg/backend';
import { formatSafetensors, parseSafetensors, type StateDict } from '@lungseg/core';
import { AHNet, transferFrom2d, type AHNetOptions } from '@lungseg/networks';

/**
 * Shows that weights cross over between MONAI and lungseg: `LUNGSEG_PYTHON=… npx nx run conformance:monai`. Prints a line for
 * each claim, and ends with 1 where one doesn't hold.
 */
const OPTIONS = { outChannels: 2, pspBlockNum: 2, upsampleMode: 'transpose' } as const satisfies AHNetOptions;
const IN_PYTHON = { spatial_dims: 3, out_channels: 2, psp_block_num: 2, upsample_mode: 'transpose' };
const SHAPE: [number, number, number, number, number] = [1, 32, 64, 64, 1];
const TOLERANCE = 1e-4;
/** Weights of which there are fewer than this say little of how they were drawn. */
const ENOUGH = 10_000;

let failures = 0;
function claim(text: string, holds: boolean, figure: string): void {
  if (!holds) failures++;
  console.log(`${holds ? 'pass' : 'FAIL'}  ${text} (${figure})`);
}

const python = process.env['LUNGSEG_PYTHON'];
if (python === undefined)
  throw new Error('LUNGSEG_PYTHON must name a Python with torch, monai and safetensors.');
await selectBackend();
const folder = await mkdtemp(join(tmpdir(), 'lungseg-monai-'));
try {
  await compare(python, folder);
} finally {
  await rm(folder, { recursive: true });
}
process.exitCode = failures === 0 ? 0 : 1;

async function compare(python: string, folder: string): Promise<void> {
  const read = async (name: string): Promise<StateDict> =>
    parseSafetensors(await readFile(join(folder, `${name}.safetensors`))).tensors;
  const network = new AHNet(OPTIONS, 1);
  const initial = network.stateDict();
  const input = tf.randomNormal(SHAPE, 0, 1, 'float32', 2);
  tf.tidy(() => network.apply(input, 'train'));
  const image = await toMonai(input);
  await writeFile(join(folder, 'image.safetensors'), formatSafetensors(new Map([['image', image]])));
  await writeFile(join(folder, 'ours.safetensors'), formatSafetensors(network.stateDict()));
  await writeFile(join(folder, 'options.json'), JSON.stringify(IN_PYTHON));
  const script = resolve(import.meta.dirname, '../monai_weights.py');
  const { status, stdout, stderr } = spawnSync(python, [script, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`MONAI's side failed: ${stderr.trim().split('\n').at(-1)}`);

  const logits = await read('logits');
  claim('our weights load in MONAI with strict=True', stdout.includes('All keys matched'), stdout.trim());
  await checkLogits('MONAI with our weights gives our logits', network, input, logits.get('ours')!.data);
  network.loadStateDict(await read('theirs'));
  await checkLogits("we with MONAI's weights give its logits", network, input, logits.get('theirs')!.data);
  checkInitialisation(initial, await read('initial'));
  const names = transferFrom2d(network, await read('resnet'));
  const [ours, copied] = [network.stateDict(), await read('copied')];
  const same = [...copied].filter(
    ([name, { data }]) => Buffer.compare(bytesOf(data), bytesOf(ours.get(name)!.data)) === 0,
  );
  claim(
    "transferFrom2d gives what MONAI's copy_from gives",
    same.length === copied.size,
    `${same.length} of ${copied.size} arrays equal, ${names.length} from the 2-D network`,
  );
}

function bytesOf(data: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

async function toMonai(x: tf.Tensor): Promise<{ shape: number[]; data: Float32Array }> {
  const turned = tf.transpose(x, [0, 4, 3, 2, 1]);
  return { shape: turned.shape, data: await turned.data<'float32'>() };
}

async function checkLogits(
  text: string,
  network: AHNet,
  input: tf.Tensor,
  expected: Float32Array | BigInt64Array,
): Promise<void> {
  const { data } = await toMonai(network.apply(input, 'evaluate'));
  let [error, largest] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    error = Math.max(error, Math.abs(data[i]! - Number(expected[i])));
    largest = Math.max(largest, Math.abs(Number(expected[i])));
  }
  const relative = error / largest;
  claim(text, relative < TOLERANCE, `largest error ${relative.toExponential(1)} of the largest value`);
}

/** Drawn weights differ, but not in how they are spread: the standard deviation of 10,000 normal numbers is good to 1 %. */
function checkInitialisation(ours: StateDict, theirs: StateDict): void {
  let [worst, count, constants] = [0, 0, 0];
  for (const [name, { data }] of theirs) {
    const own = ours.get(name)!.data;
    if (data.length >= ENOUGH) {
      count++;
      worst = Math.max(worst, Math.abs(deviation(own as Float32Array) / deviation(data as Float32Array) - 1));
    } else if (/bn|norm/.test(name) && Buffer.compare(bytesOf(own), bytesOf(data)) !== 0) constants++;
  }
  claim(
    'our initial weights are spread as those of MONAI, and normalisations begin with the same',
    worst < 0.05 && constants === 0,
    `standard deviations of ${count} arrays differ by at most ${(100 * worst).toFixed(1)} %`,
  );
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}
