import { describe, expect, test } from '@jest/globals';
import { ahnetParameterSpecs } from './ahnet-parameters.js';
import { resolveAHNetOptions, type AHNetOptions } from './ahnet-options.js';
import { formatNetworkSummary, summarizeAHNet } from './summary.js';

const LUNG: AHNetOptions = { outChannels: 2, pspBlockNum: 0, upsampleMode: 'trilinear' };

describe('summarizeAHNet', () => {
  test.each<[AHNetOptions, number[]]>([
    [LUNG, [1, 32, 224, 224, 1]],
    [{ ...LUNG, upsampleMode: 'transpose', pspBlockNum: 4, width: 0.25 }, [1, 32, 128, 128, 1]],
    [{ ...LUNG, spatialDims: 2, upsampleMode: 'transpose' }, [1, 64, 64, 1]],
  ])('meets every parameter of %j once', (options, shape) => {
    const expected = ahnetParameterSpecs(resolveAHNetOptions(options))
      .filter((spec) => spec.trainable)
      .reduce((sum, spec) => sum + spec.shape.reduce((a, b) => a * b, 1), 0);
    expect(summarizeAHNet(options, shape).parameters).toBe(expected);
  });

  test('counts 88 GFLOP in the convolutions of the network with 38.1 M parameters, as is known of it', () => {
    const { layers } = summarizeAHNet({ ...LUNG, upsampleMode: 'transpose' }, [1, 32, 224, 224, 1]);
    const convolutions = layers.filter(({ type }) => type !== 'BatchNorm');
    const multiplyAdds = convolutions.reduce((sum, layer) => sum + layer.multiplyAdds, 0);
    expect(Math.round((2 * multiplyAdds) / 1e9)).toBe(88);
  });

  test('counts a layer by hand: the stem', () => {
    const [stem] = summarizeAHNet(LUNG, [1, 32, 224, 224, 1]).layers;
    // 64 kernels of 7 x 7 x 3 over one channel, at 32 x 112 x 112 places.
    expect(stem).toEqual({
      name: 'conv1',
      type: 'Conv',
      shape: [1, 32, 112, 112, 64],
      parameters: 9408,
      multiplyAdds: 9408 * 32 * 112 * 112,
    });
  });

  test('keeps twice as much in memory for twice the input', () => {
    const one = summarizeAHNet(LUNG, [1, 32, 64, 64, 1]).peakValues;
    expect(summarizeAHNet(LUNG, [1, 32, 128, 64, 1]).peakValues).toBe(2 * one);
  });
});

test('formatNetworkSummary ends with the totals', () => {
  const text = formatNetworkSummary(summarizeAHNet(LUNG, [1, 32, 224, 224, 1]));
  expect(text).toContain('Total params: 27,086,072');
  expect(text).toMatch(/layer1\.0\.conv1 \(Conv\) +\[1, 8, 56, 56, 64\] +4,096 /);
});
