export { confusionCounts, type ConfusionCounts } from './confusion-counts.js';
export { dice, diceMetric } from './dice.js';
export { labelStatistics, type Face, type LabelStatistics } from './label-statistics.js';
export { meanIntensity } from './mean-intensity.js';
export { volumeMl } from './volume-ml.js';
