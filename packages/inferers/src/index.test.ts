import { expect, test } from '@jest/globals';
import * as inferers from './index.js';

test('exports the documented names, no more and no fewer', () => {
  expect(Object.keys(inferers).sort()).toEqual([
    'BLEND_MODES',
    'FLIP_AXES',
    'classProbability',
    'fitWindow',
    'importanceMap',
    'slidingWindow',
    'slidingWindowBytes',
    'slidingWindowProbability',
    'voxelsBeyondEdges',
    'windowOrigins',
    'withFlips',
  ]);
});
