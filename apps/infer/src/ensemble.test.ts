import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { selectBackend } from '@lungseg/backend';
import { saveModel, type ModelDraft } from '@lungseg/models';
import { AHNet } from '@lungseg/networks';
import * as tf from '@tensorflow/tfjs-core';
import { loadEnsemble, meanOf } from './ensemble.js';

let folder: string;
const draft = (name: string): ModelDraft => ({
  name,
  version: '1.0.0',
  network: { layers: [1, 1, 1, 1], width: 1 / 16 },
  preprocessing: { orientation: 'RAS', spacing: [3, 3, 5], intensity: { from: [-1500, 500], to: [0, 1] } },
  inference: { window: [32, 32, 32], overlap: 0.25 },
  labels: { 0: 'other', 1: 'lung' },
  licence: 'none',
  intendedUse: 'Tests.',
});

beforeAll(async () => {
  await selectBackend('auto');
  folder = await mkdtemp(join(tmpdir(), 'lungseg-ensemble-'));
  for (const [name, seed] of [
    ['fold-0', 1],
    ['fold-1', 2],
  ] as const) {
    const network = new AHNet(
      { layers: [1, 1, 1, 1], width: 1 / 16, outChannels: 2, upsampleMode: 'trilinear', pspBlockNum: 0 },
      seed,
    );
    await saveModel(join(folder, name), draft(name), network.stateDict());
    if (seed === 1) {
      const finer = { ...draft('finer'), preprocessing: { ...draft('').preprocessing, spacing: [1, 1, 5] } };
      await saveModel(join(folder, 'finer'), finer as ModelDraft, network.stateDict());
      const children = { ...draft('children'), inference: { ...draft('').inference, leastBodyDepth: 200 } };
      await saveModel(join(folder, 'children'), children, network.stateDict());
      const bright = { ...draft('bright'), inference: { ...draft('').inference, leastHu: -960 } };
      await saveModel(join(folder, 'bright'), bright, network.stateDict());
    }
    network.dispose();
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe('an ensemble', () => {
  test('says the mean of what its models say, and frees all', async () => {
    const before = tf.memory().numTensors;
    const paths = ['fold-0', 'fold-1'].map((name) => join(folder, name));
    const alone = await Promise.all(paths.map((path) => loadEnsemble([path], 'float32')));
    const together = await loadEnsemble(paths, 'float32');
    const window = tf.randomUniform([1, 32, 32, 32, 1], 0, 1, 'float32', 7) as tf.Tensor5D;
    const [a, b, mean] = [...alone, together].map(({ predict }) => {
      const logits = predict(window);
      const values = logits.dataSync<'float32'>().slice();
      logits.dispose();
      return values;
    });
    expect(a).not.toEqual(b);
    mean!.forEach((value, i) => expect(value).toBe(Math.fround(a![i]! + b![i]!) / 2));
    expect(together.members.map(({ name }) => name)).toEqual(['fold-0', 'fold-1']);
    expect(together.model.description.name).toBe('fold-0 + fold-1');
    expect(together.model.description.weights.sha256).not.toBe(together.members[0]!.weights.sha256);
    for (const one of [...alone, together]) one.dispose();
    window.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('leaks no tensor from window to window', () => {
    const predict = meanOf([(x) => tf.mul(x, 2), (x) => tf.mul(x, 4), (x) => tf.add(x, 3)]);
    const window = tf.tensor5d([1, 2], [1, 1, 1, 2, 1]);
    const before = tf.memory().numTensors;
    const mean = predict(window);
    expect([...mean.dataSync()]).toEqual([expect.closeTo(10 / 3), expect.closeTo(17 / 3)]);
    mean.dispose();
    expect(tf.memory().numTensors).toBe(before);
    window.dispose();
  });

  test.each([
    ['finer', /must have the same preprocessing: fold-0 has .*\[3,3,5\].* Received: finer with .*\[1,1,5\]/],
    [
      'children',
      /must have the same inference: fold-0 has {"levels":\[0.05,0.5\]}. Received: children with {"leastBodyDepth":200,/,
    ],
    ['bright', /must have the same inference: .* Received: bright with {"leastHu":-960,/],
  ])('refuses models that need different images: %s', async (other, message) => {
    const names = ['fold-0', other].map((name) => join(folder, name));
    await expect(loadEnsemble(names, 'float32')).rejects.toThrow(message);
  });
});
