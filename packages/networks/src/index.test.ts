import { expect, test } from '@jest/globals';
import * as api from './index.js';

test('the public names are these', () => {
  expect(Object.keys(api).sort()).toEqual([
    'AHNet',
    'UPSAMPLE_MODES',
    'checkAHNetInput',
    'exportOnnx',
    'formatNetworkSummary',
    'resolveAHNetOptions',
    'summarizeAHNet',
    'transferFrom2d',
  ]);
});
