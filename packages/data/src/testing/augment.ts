import {
  compose,
  gaussianNoise,
  randomCropByLabel,
  randomFlip,
  randomRotate,
  randomShiftIntensity,
  spatial,
} from '@lungseg/transforms';

/** An augmentation of a little of everything, to 32 x 32 x 16. */
export const augment = compose([
  spatial([
    randomCropByLabel({ size: [32, 32, 16], foregroundProbability: 0.5 }),
    randomRotate({ degrees: [0, 0, 15] }),
    randomFlip({ probability: 0.5 }),
  ]),
  randomShiftIntensity({ maxOffset: 20 }),
  gaussianNoise({ standardDeviation: [0, 10] }),
]);
