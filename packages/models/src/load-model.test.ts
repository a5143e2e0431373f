import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@lungseg/backend';
import { isLungsegError } from '@lungseg/core';
import { AHNet } from '@lungseg/networks';
import { loadModel, readModelDescription } from './load-model.js';
import type { ModelDraft } from './model-description.js';
import { listModels } from './model-folders.js';
import { saveModel } from './save-model.js';

const draft: ModelDraft = {
  name: 'tiny',
  version: '1.0.0',
  network: { layers: [1, 1, 1, 1], width: 0.0625 },
  preprocessing: {
    orientation: 'RAS',
    spacing: [0.8, 0.8, 5],
    intensity: { from: [-1500, 500], to: [0, 1] },
  },
  inference: { window: [64, 64, 32], overlap: 0.25 },
  labels: { '0': 'other', '1': 'lung' },
  licence: 'Apache-2.0',
  intendedUse: 'Research use only.',
};

let folder: string;
let network: AHNet;

beforeAll(async () => {
  await selectBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'lungseg-models-'));
  network = new AHNet(
    { layers: [1, 1, 1, 1], width: 0.0625, outChannels: 2, pspBlockNum: 0, upsampleMode: 'trilinear' },
    7,
  );
});

afterAll(async () => {
  network.dispose();
  await rm(folder, { recursive: true });
});

const save = async (name: string, float?: 'F32' | 'F16'): Promise<string> => {
  const path = join(folder, name);
  await saveModel(path, draft, network.stateDict(), float === undefined ? {} : { float });
  return path;
};

const errorOf = async (promise: Promise<unknown>): Promise<Error> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isLungsegError(error)) throw new Error('no error of lungseg was thrown', { cause: error });
  expect(error.kind).toBe('read');
  return error;
};

describe('saveModel and loadModel', () => {
  test('several at a time into one folder give one of them, whole, and leave nothing else', async () => {
    const path = join(folder, 'at-once');
    await Promise.all([1, 2, 3].map(() => save('at-once')));
    const model = await loadModel(path);
    model.network.dispose();
    expect((await readdir(path)).sort()).toEqual(['model.json', 'weights.safetensors']);
  });

  test('leave nothing aside where a file can not be put in place', async () => {
    const path = join(folder, 'taken');
    await mkdir(join(path, 'weights.safetensors'), { recursive: true });
    await expect(save('taken')).rejects.toThrow();
    expect(await readdir(path)).toEqual(['weights.safetensors']);
  });

  test('give back every weight bit for bit in float32, as the network that was saved', async () => {
    const { description, network: loaded } = await loadModel(await save('float32'));
    expect(description.name).toBe('tiny');
    const before = network.stateDict();
    const after = loaded.stateDict();
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
    for (const [name, array] of before) expect(after.get(name)?.data).toEqual(array.data);
    loaded.dispose();
  });

  test('keep float16 weights within half a unit in the eleventh bit, at half the size', async () => {
    const path = await save('float16', 'F16');
    const { description, network: loaded } = await loadModel(path);
    const full = await readModelDescription(await save('whole'));
    expect(description.weights.bytes / full.weights.bytes).toBeLessThan(0.65);
    const before = network.stateDict();
    for (const [name, { data }] of loaded.stateDict()) {
      if (!(data instanceof Float32Array)) continue;
      const original = before.get(name)!.data as Float32Array;
      data.forEach((value, i) =>
        expect(Math.abs(value - original[i]!)).toBeLessThanOrEqual(
          Math.abs(original[i]!) * 2 ** -11 + 2 ** -25,
        ),
      );
    }
    loaded.dispose();
  });

  test('write the SHA-256 that node:crypto computes of the file', async () => {
    const path = await save('hash');
    const bytes = await readFile(join(path, 'weights.safetensors'));
    const { weights } = await readModelDescription(path);
    expect(weights).toEqual({
      file: 'weights.safetensors',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.byteLength,
    });
  });

  test('refuse weights of which one bit has changed, naming both hashes', async () => {
    const path = await save('flipped');
    const file = join(path, 'weights.safetensors');
    const bytes = await readFile(file);
    bytes[bytes.length - 3]! ^= 1;
    await writeFile(file, bytes);
    const error = await errorOf(loadModel(path));
    const { weights } = await readModelDescription(path);
    expect(error.message).toContain(`should be ${weights.sha256}. Received: `);
    expect(error.message).toContain(createHash('sha256').update(bytes).digest('hex'));
  });

  test('refuse weights that were cut off, naming both sizes', async () => {
    const path = await save('cut');
    const file = join(path, 'weights.safetensors');
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, 1000));
    const error = await errorOf(loadModel(path));
    expect(error.message).toMatch(/its size should be \d+ bytes\. Received: 1000/);
  });

  test('refuse weights of another network, and leave no tensor behind', async () => {
    const path = await save('other');
    const file = join(path, 'model.json');
    const description = JSON.parse(await readFile(file, 'utf8')) as { network: { width: number } };
    description.network.width = 0.125;
    await writeFile(file, JSON.stringify(description));
    const tensors = tf.memory().numTensors;
    expect((await errorOf(loadModel(path))).message).toContain("doesn't fit its model.json");
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('refuse to save weights that do not fit the network described', async () => {
    const other = {
      ...draft,
      network: { ...draft.network, layers: [2, 1, 1, 1] as [number, number, number, number] },
    };
    await expect(saveModel(join(folder, 'never'), other, network.stateDict())).rejects.toThrow();
  });

  test('say which models there are when the name is unknown', async () => {
    const error = await errorOf(loadModel('no-such-model'));
    expect(error.message).toMatch(/^A model must be one of .*Received: no-such-model\.$/);
  });

  test('say what is wrong with a model.json that is not JSON', async () => {
    const path = await save('no-json');
    await writeFile(join(path, 'model.json'), '{');
    expect((await errorOf(loadModel(path))).message).toContain("model.json can't be used");
  });
});

describe('shipped models', () => {
  test('each load, with the hash and the size that their descriptions say', async () => {
    for (const name of await listModels()) {
      const { description, network: loaded } = await loadModel(name);
      expect(description.name).toBe(name);
      expect(description.intendedUse).toBe('Research use only.');
      loaded.dispose();
    }
  });
});
