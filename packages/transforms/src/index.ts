export { permuteAxes, type AxisFlags, type AxisOrder } from './axes.js';
export { crop, type CropOptions } from './crop.js';
export { cropRegion, type FillOptions, type RegionParams } from './crop-region.js';
export { cropToForeground, type CropToForegroundOptions } from './crop-to-foreground.js';
export { flip, randomFlip, type FlipOptions, type FlipParams, type RandomFlipOptions } from './flip.js';
export { orientation, reorient, type OrientationOptions, type OrientationParams } from './orientation.js';
export { padToMultiple, padToSize, type PadToMultipleOptions, type PadToSizeOptions } from './pad.js';
export { randomCrop, type RandomCropOptions } from './random-crop.js';
export { randomCropByLabel, type RandomCropByLabelOptions } from './random-crop-by-label.js';
export { resampleToGrid, type Border, type Interpolation, type ResampleOptions } from './resample-to-grid.js';
export {
  replaySample,
  transformSample,
  transformVolume,
  type SampleTransform,
  type Transformed,
} from './sample.js';
export { scaleIntensityRange, type ScaleIntensityRangeOptions } from './scale-intensity-range.js';
export {
  resampleToSpacing,
  spacing,
  spacingGeometry,
  type GeometryJson,
  type SpacingOptions,
  type SpacingParams,
} from './spacing.js';
