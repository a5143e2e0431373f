export { permuteAxes, type AxisFlags, type AxisOrder } from './axes.js';
export { crop, cropToSize, type CropOptions, type CropToSizeOptions } from './crop.js';
export { cropRegion, invertRegion, type Fill, type FillOptions, type RegionParams } from './crop-region.js';
export { cropToForeground, type CropToForegroundOptions } from './crop-to-foreground.js';
export { flip, randomFlip, type FlipOptions, type FlipParams, type RandomFlipOptions } from './flip.js';
export { orientation, reorient, type OrientationOptions, type OrientationParams } from './orientation.js';
export { padToMultiple, padToSize, type PadToMultipleOptions, type PadToSizeOptions } from './pad.js';
export { randomCrop, type RandomCropOptions } from './random-crop.js';
export { randomCropByLabel, type RandomCropByLabelOptions } from './random-crop-by-label.js';
export type { Border } from './border.js';
export { resampleToGrid, type Interpolation, type ResampleOptions } from './resample-to-grid.js';
export {
  invertSample,
  replaySample,
  transformSample,
  transformVolume,
  type InvertSampleOptions,
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
export type { Amount } from './amount.js';
export { bodyMask, type BodyMaskOptions } from './body-mask.js';
export { compose } from './compose.js';
export { specOf, type History, type TransformRecord, type TransformSpec } from './history.js';
export { onKeys } from './on-keys.js';
export { gaussianBlur, type GaussianBlurOptions, type GaussianBlurParams } from './gaussian-blur.js';
export { gaussianNoise, type GaussianNoiseOptions, type GaussianNoiseParams } from './gaussian-noise.js';
export { oneOf, type OneOfOptions, type OneOfParams } from './one-of.js';
export {
  randomRotate,
  rotate,
  type RandomRotateOptions,
  type RotateOptions,
  type RotateParams,
} from './rotate.js';
export { randomScaleIntensity, scaleIntensity, type ScaleParams } from './scale-intensity.js';
export { randomShiftIntensity, shiftIntensity, type ShiftParams } from './shift-intensity.js';
export { threshold, type ThresholdOptions } from './threshold.js';
export { withProbability, type WithProbabilityParams } from './with-probability.js';
export type { Connectivity } from './connected-runs.js';
export { fillHoles, type FillHolesOptions } from './fill-holes.js';
export { growThroughAir, type GrowThroughAirOptions } from './grow-through-air.js';
export { keepLargestComponents, type KeepLargestComponentsOptions } from './keep-largest-components.js';
export { removeGas, type RemoveGasOptions } from './remove-gas.js';
export { removePadding } from './remove-padding.js';
export { refineBoundary, type RefineBoundaryOptions } from './refine-boundary.js';
export { splitLeftRight, type SplitLeftRightOptions } from './split-left-right.js';
export { argmax } from './argmax.js';
export type { ByKey } from './by-key.js';
export { closeLabels, type CloseLabelsOptions } from './close-labels.js';
export { oneHot, type OneHotOptions } from './one-hot.js';
export { adjustContrast, type AdjustContrastOptions, type AdjustContrastParams } from './adjust-contrast.js';
export { adjustGamma, type AdjustGammaOptions, type AdjustGammaParams } from './adjust-gamma.js';
export { cutOut, type CutOutOptions, type CutOutParams } from './cut-out.js';
export {
  normalizeIntensity,
  type NormalizeIntensityOptions,
  type NormalizeIntensityParams,
} from './normalize-intensity.js';
export { sharpen, type SharpenOptions, type SharpenParams } from './sharpen.js';
export { simulateFieldOfView, type SimulateFieldOfViewOptions } from './simulate-field-of-view.js';
export {
  simulateInflation,
  type SimulateInflationOptions,
  type SimulateInflationParams,
} from './simulate-inflation.js';
export {
  simulateLesions,
  type SimulateLesionsOptions,
  type SimulateLesionsParams,
} from './simulate-lesions.js';
export {
  simulateLowDose,
  type SimulateLowDoseOptions,
  type SimulateLowDoseParams,
} from './simulate-low-dose.js';
export {
  simulateLowResolution,
  type SimulateLowResolutionOptions,
  type SimulateLowResolutionParams,
} from './simulate-low-resolution.js';
export type { AffineParts } from './affine-geometry.js';
export {
  affine,
  randomAffine,
  type AffineOptions,
  type AffineParams,
  type RandomAffineOptions,
  type ZoomRange,
} from './affine.js';
export { elastic, type ElasticOptions, type ElasticParams } from './elastic.js';
export { spatial, type SpatialParams } from './spatial.js';
export type { Displacement, MutablePlace, SpatialTransform } from './spatial-transform.js';
export { randomZoom, zoom, type RandomZoomOptions, type ZoomOptions } from './zoom.js';
export {
  claraCovid19LungInference,
  claraCovid19LungTraining,
  type ClaraCovid19LungTrainingOptions,
  type TrainingRecipe,
} from './clara.js';
export { applyTransforms, type ApplyTransformsOptions } from './stream/apply-transforms.js';
export { batch, type Batch, type BatchArray, type BatchOptions } from './stream/batch.js';
export { fromIterable } from './stream/from-iterable.js';
export { inTurn } from './stream/in-turn.js';
export { mapInOrder, type MapInOrderOptions } from './stream/map-in-order.js';
export { openPull, PullStream, type Pull, type Sink } from './stream/pull-stream.js';
export type { OnError } from './stream/report-error.js';
export { repeatEpochs, type RepeatEpochsOptions } from './stream/repeat-epochs.js';
export { shuffleBuffer, type ShuffleBufferOptions } from './stream/shuffle-buffer.js';
export { traceSample, type TracedSample } from './stream/traced-sample.js';
export { transformTraced } from './stream/transform-traced.js';
