export { averageSurfaceDistance } from './average-surface-distance.js';
export { bootstrapMean, type BootstrapOptions, type Interval } from './bootstrap.js';
export { confusionCounts, type ConfusionCounts } from './confusion-counts.js';
export { dice, diceMetric } from './dice.js';
export { distanceTransform } from './distance-transform.js';
export { hausdorffDistance, type HausdorffDistanceOptions } from './hausdorff-distance.js';
export { iou } from './iou.js';
export { intensityHistogram, type IntensityHistogramOptions } from './intensity-histogram.js';
export {
  labelStatistics,
  type Face,
  type LabelStatistics,
  type LabelStatisticsOptions,
} from './label-statistics.js';
export { meanIntensity } from './mean-intensity.js';
export { precision } from './precision.js';
export { ScoreTable, type CaseScores, type Scores, type ScoreSummary } from './score-table.js';
export {
  segmentationScores,
  type SegmentationScores,
  type SegmentationScoresOptions,
} from './segmentation-scores.js';
export { sensitivity } from './sensitivity.js';
export { surfaceDice, type SurfaceDiceOptions } from './surface-dice.js';
export {
  surfaceDistances,
  type DirectedDistances,
  type SurfaceDistances,
  type SurfaceDistancesOptions,
  type SurfaceElements,
} from './surface-distances.js';
export { volumeDifference, type VolumeDifference } from './volume-difference.js';
export { volumeMl } from './volume-ml.js';
