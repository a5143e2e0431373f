import { beforeAll, describe, expect, test } from '@jest/globals';
import { selectBackend } from '@lungseg/backend';
import type { NamedArray } from '@lungseg/core';
import { AHNet } from './ahnet.js';
import { transferFrom2d } from './transfer-from-2d.js';

beforeAll(async () => {
  await selectBackend('cpu');
});

const OPTIONS = { layers: [1, 1, 1, 1], pspBlockNum: 0, width: 1 / 16, inChannels: 2 } as const;

/** A 2-D ResNet of the network's shapes, as torchvision names it, every value another. */
function resNet(network: AHNet): Map<string, NamedArray> {
  const state = new Map<string, NamedArray>();
  let next = 1;
  for (const [name, { shape }] of network.stateDict()) {
    if (!/^(conv1|bn0|layer)/.test(name) || name.endsWith('tracked')) continue;
    const [o, , ...kernel] = shape;
    const in2d = name === 'conv1.weight' ? [o!, 3, 7, 7] : kernel.length > 0 ? shape.slice(0, 4) : shape;
    const data = new Float32Array(in2d.reduce((a, b) => a * b, 1)).map(() => next++ / 1000);
    const name2d = name.replace('downsample.2', 'downsample.1').replace(/^bn0/, 'bn1');
    state.set(name2d, { shape: in2d, data });
  }
  return state;
}

describe('transferFrom2d', () => {
  test('copies encoder weights, colours as slices, and neither running statistics nor the decoder', () => {
    const network = new AHNet(OPTIONS);
    const before = network.stateDict();
    const source = resNet(network);
    const names = transferFrom2d(network, source);
    const after = network.stateDict();
    expect(names).toContain('layer4.0.downsample.2.weight');
    for (const [name, { data }] of after) {
      if (!names.includes(name)) expect([...data]).toEqual([...before.get(name)!.data]);
    }
    expect([...after.get('bn0.bias')!.data]).toEqual([...source.get('bn1.bias')!.data]);
    expect([...after.get('layer2.0.conv2.weight')!.data]).toEqual([
      ...source.get('layer2.0.conv2.weight')!.data,
    ]);
    const [rgb, slices] = [source.get('conv1.weight')!.data, after.get('conv1.weight')!.data];
    // Output 1, either input channel, kernel place 5, slice 2 comes from output 1, colour 2, place 5.
    for (const input of [0, 1]) expect(slices[((2 + input) * 49 + 5) * 3 + 2]).toBe(rgb[(3 + 2) * 49 + 5]);
    network.dispose();
  });

  test('refuses what does not fit, and changes nothing', () => {
    const network = new AHNet(OPTIONS);
    const before = [...network.stateDict().get('conv1.weight')!.data];
    const source = resNet(network);
    const wide = new AHNet({ ...OPTIONS, width: 1 / 8 });
    expect(() => transferFrom2d(wide, source)).toThrow(
      "The 2-D network's conv1.weight must be [8, 3, 7, 7]. Received: [4, 3, 7, 7].",
    );
    source.delete('layer3.0.bn2.bias');
    expect(() => transferFrom2d(network, source)).toThrow('The 2-D weights must have layer3.0.bn2.bias.');
    expect([...network.stateDict().get('conv1.weight')!.data]).toEqual(before);
    const flat = new AHNet({ ...OPTIONS, spatialDims: 2 });
    expect(() => transferFrom2d(flat, source)).toThrow('2-D weights go into a 3-D network.');
    for (const one of [network, wide, flat]) one.dispose();
  });
});
