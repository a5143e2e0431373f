// What the threads that make samples run: see SampleThreads.
import { Rng, type Sample, type Transform } from '@lungseg/core';
import {
  gaussianBlur,
  gaussianNoise,
  randomCropByLabel,
  randomFlip,
  randomRotate,
  randomScaleIntensity,
  randomShiftIntensity,
  randomZoom,
  scaleIntensityRange,
  simulateFieldOfView,
  simulateInflation,
  simulateLesions,
  simulateLowResolution,
  spatial,
  transformSample,
  withProbability,
} from '@lungseg/transforms';
import type { TrainConfig } from '../config.js';
import type { SampleJob } from './draw-sample.js';

/** A patient goes on where a scan ends: what lies outside of it is like its nearest voxel, as in inference. */
const OUTSIDE = 'clamp';

/** Crops lie around its voxels. */
const LUNG = 1;

/** The part of a config that making samples depends on. */
export type AugmentationConfig = Pick<TrainConfig, 'crop' | 'augmentation' | 'preprocessing'>;

/** Gives a function that crops and augments a case. */
export function createWork(config: AugmentationConfig): (job: SampleJob) => Sample {
  const pipeline = augmentation(config);
  return ({ state, sample }) => {
    const rng = new Rng(state);
    return pipeline.reduce((current, transform) => transformSample(transform, current, rng).sample, sample);
  };
}

function augmentation({ crop, augmentation: options, preprocessing }: AugmentationConfig): Transform[] {
  const [x, y, z] = options.lowResolution;
  const upTo = (factor: number): [number, number] => [1, factor];
  return [
    spatial(
      [
        randomCropByLabel({ ...crop, label: LUNG }),
        randomRotate({ degrees: options.rotateDegrees }),
        randomZoom({ zoom: options.zoom }),
        randomFlip({ probability: options.flip }),
      ],
      { border: OUTSIDE },
    ),
    ...inflation(options),
    ...lesions(options),
    randomScaleIntensity({ maxFactor: options.scale }),
    randomShiftIntensity({ maxOffset: options.shiftHu }),
    withProbability(options.blurProbability, gaussianBlur({ sigma: [0, options.blur] })),
    withProbability(
      options.lowResolutionProbability,
      simulateLowResolution({ factor: [upTo(x), upTo(y), upTo(z)] }),
    ),
    withProbability(options.noiseProbability, gaussianNoise({ standardDeviation: [0, options.noiseHu] })),
    ...fieldOfView(options),
    scaleIntensityRange({ ...preprocessing.intensity, clip: true }),
  ];
}

/** Left out where it isn't asked for, so that other runs draw the same numbers as before. */
function inflation({ density, densityProbability }: TrainConfig['augmentation']): Transform[] {
  if (densityProbability === 0) return [];
  return [withProbability(densityProbability, simulateInflation({ density }))];
}

/** As {@link inflation}. */
function lesions({
  lesions: most,
  lesionRadius,
  lesionsProbability,
}: TrainConfig['augmentation']): Transform[] {
  if (most === 0 || lesionsProbability === 0) return [];
  return [withProbability(lesionsProbability, simulateLesions({ count: [1, most], radius: lesionRadius }))];
}

/** As {@link inflation}. */
function fieldOfView({
  fieldOfView: [x, y, z],
  fieldOfViewProbability,
}: TrainConfig['augmentation']): Transform[] {
  if (fieldOfViewProbability === 0) return [];
  const share = [
    [x, 1],
    [y, 1],
    [z, 1],
  ] as const;
  return [withProbability(fieldOfViewProbability, simulateFieldOfView({ share, fill: OUTSIDE }))];
}
