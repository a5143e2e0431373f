import { expect, test } from '@jest/globals';
import * as api from './index.js';

test('the public names are these', () => {
  expect(Object.keys(api).sort()).toEqual([
    'BACKEND_CHOICES',
    'NativeGraph',
    'PRECISION_CHOICES',
    'batchNormRunning',
    'batchNormTrain',
    'batchRenormTrain',
    'choosePrecision',
    'isNative',
    'maxPoolPadded',
    'nativeGraphCompiler',
    'recomputed',
    'reducedConv2d',
    'relu',
    'selectBackend',
    'valueAndGradients',
    'valuesOf',
  ]);
});
