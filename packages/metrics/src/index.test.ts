import { expect, test } from '@jest/globals';
import * as metrics from './index.js';

test('the public names are these', () => {
  expect(Object.keys(metrics).sort()).toEqual([
    'ScoreTable',
    'averageSurfaceDistance',
    'bootstrapMean',
    'confusionCounts',
    'dice',
    'diceMetric',
    'distanceTransform',
    'hausdorffDistance',
    'intensityHistogram',
    'iou',
    'labelStatistics',
    'meanIntensity',
    'precision',
    'segmentationScores',
    'sensitivity',
    'surfaceDice',
    'surfaceDistances',
    'volumeDifference',
    'volumeMl',
  ]);
});
