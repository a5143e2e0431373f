import { expect, test } from '@jest/globals';
import * as metrics from './index.js';

test('the public names are these', () => {
  expect(Object.keys(metrics).sort()).toEqual([
    'confusionCounts',
    'dice',
    'diceMetric',
    'labelStatistics',
    'meanIntensity',
    'volumeMl',
  ]);
});
