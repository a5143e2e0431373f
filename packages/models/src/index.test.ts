import { expect, test } from '@jest/globals';
import * as models from './index.js';

test('exports the documented names, no more and no fewer', () => {
  expect(Object.keys(models).sort()).toEqual([
    'listModels',
    'loadModel',
    'parseModelDescription',
    'readModelDescription',
    'saveModel',
  ]);
});
