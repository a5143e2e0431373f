import { describe, expect, test } from '@jest/globals';
import { parseModelDescription } from './model-description.js';

const valid = {
  name: 'tiny',
  version: '1.0.0',
  network: { width: 0.25 },
  preprocessing: {
    orientation: 'RAS',
    spacing: [0.8, 0.8, 5],
    intensity: { from: [-1500, 500], to: [0, 1] },
  },
  inference: { window: [448, 384, 64], overlap: 0.25 },
  labels: { '0': 'other', '1': 'lung' },
  weights: { file: 'weights.safetensors', sha256: 'a'.repeat(64), bytes: 10 },
  licence: 'Apache-2.0',
  intendedUse: 'Research use only.',
};

describe('parseModelDescription', () => {
  test('fills in the network of the published model: no pyramid pooling, trilinear, two channels', () => {
    expect(parseModelDescription(valid).network).toEqual({
      layers: [3, 4, 6, 3],
      spatialDims: 3,
      inChannels: 1,
      outChannels: 2,
      pspBlockNum: 0,
      upsampleMode: 'trilinear',
      width: 0.25,
    });
  });

  test('takes lung from a half on, and possibly from a twentieth, unless it says otherwise', () => {
    expect(parseModelDescription(valid).inference.levels).toEqual([0.05, 0.5]);
    const levels = [0.1, 0.65];
    const inference = { ...valid.inference, levels };
    expect(parseModelDescription({ ...valid, inference }).inference.levels).toEqual(levels);
  });

  test.each([
    [{ ...valid, licence: undefined }, 'licence:'],
    [{ ...valid, extra: 1 }, 'extra'],
    [{ ...valid, network: { width: -1 } }, 'network.width:'],
    [
      { ...valid, preprocessing: { ...valid.preprocessing, orientation: 'XYZ' } },
      'preprocessing.orientation:',
    ],
    [{ ...valid, weights: { ...valid.weights, file: '../../etc.safetensors' } }, 'weights.file:'],
    [{ ...valid, weights: { ...valid.weights, sha256: 'abc' } }, 'weights.sha256:'],
    [{ ...valid, inference: { window: [1, 2], overlap: 1 } }, 'inference.window'],
    [{ ...valid, inference: { ...valid.inference, levels: [0.5, 0.05] } }, 'inference.levels: must be two'],
    [{ ...valid, inference: { ...valid.inference, levels: [0.05, 1] } }, 'inference.levels.1:'],
    [{ ...valid, inference: { ...valid.inference, leastHu: 500 } }, 'inference.leastHu: must lie within'],
    [{ ...valid, inference: { ...valid.inference, leastHu: -1501 } }, 'inference.leastHu: must lie within'],
    ['text', 'it:'],
  ])('names the field that is wrong (%#)', (value, field) => {
    expect(() => parseModelDescription(value)).toThrow(`A model's description must be valid. Received:`);
    expect(() => parseModelDescription(value)).toThrow(field);
  });
});
