import { expect, test } from '@jest/globals';
import * as api from './index.js';

test('the public names are these', () => {
  expect(Object.keys(api).sort()).toEqual([
    'Adam',
    'AdamW',
    'DynamicLossScale',
    'Sgd',
    'WeightAverage',
    'clipGradients',
    'constantSchedule',
    'cosineSchedule',
    'loadCheckpoint',
    'loadNewestCheckpoint',
    'optimizationStep',
    'polynomialSchedule',
    'saveCheckpoint',
    'saveLastCheckpoint',
    'stepSchedule',
    'train',
    'writeWhole',
  ]);
});
