import { InvalidArgumentError, Rng, type Sample, type Transform } from '@lungseg/core';
import {
  gaussianNoise,
  randomCropByLabel,
  randomFlip,
  randomRotate,
  randomScaleIntensity,
  randomShiftIntensity,
  randomZoom,
  scaleIntensityRange,
  spatial,
  transformSample,
  withProbability,
} from '@lungseg/transforms';
import type { TrainConfig } from './config.js';
import type { PreparedCase } from './prepare-case.js';

/** HU of air, which fills what a crop finds outside its volume. */
const AIR_HU = -1024;

/**
 * The sample of each step: which case, which crop, which augmentation, all from the seed and the step alone, so that a
 * resumed run goes on with the samples it would have had.
 *
 * @param real cases of patients
 * @param phantoms made cases; drawn with the config's share where there are real ones, too
 * @throws InvalidArgumentError when there is no case at all
 */
export function trainingSamples(
  config: TrainConfig,
  real: readonly PreparedCase[],
  phantoms: readonly PreparedCase[],
): (step: number) => Promise<Sample> {
  if (real.length + phantoms.length === 0) {
    throw new InvalidArgumentError(
      'There is nothing to train on. Give data.datalist or data.phantoms.count in the config.',
    );
  }
  const weights = real.map(({ name }) => config.data.weights[name] ?? 1);
  const pipeline = augmentation(config);
  return (step) => {
    const rng = new Rng((Math.imul(config.seed + 1, 0x9e3779b1) ^ Math.imul(step + 1, 0x85ebca77)) >>> 0);
    const fromPhantoms =
      phantoms.length > 0 && (real.length === 0 || rng.bernoulli(config.data.phantoms.share));
    const chosen = fromPhantoms ? rng.choice(phantoms) : weighted(rng, real, weights);
    let { sample }: { sample: Sample } = chosen;
    for (const transform of pipeline) sample = transformSample(transform, sample, rng).sample;
    return Promise.resolve(sample);
  };
}

function augmentation(config: TrainConfig): Transform[] {
  const { crop, augmentation: options, preprocessing } = config;
  return [
    spatial(
      [
        randomCropByLabel(crop),
        randomRotate({ degrees: options.rotateDegrees }),
        randomZoom({ zoom: options.zoom }),
        randomFlip({ probability: options.flip }),
      ],
      { border: AIR_HU },
    ),
    randomScaleIntensity({ maxFactor: options.scale }),
    randomShiftIntensity({ maxOffset: options.shiftHu }),
    withProbability(options.noiseProbability, gaussianNoise({ standardDeviation: [0, options.noiseHu] })),
    scaleIntensityRange({ ...preprocessing.intensity, clip: true }),
  ];
}

function weighted(rng: Rng, cases: readonly PreparedCase[], weights: readonly number[]): PreparedCase {
  let rest = rng.uniform(
    0,
    weights.reduce((a, b) => a + b, 0),
  );
  return cases.find((_, index) => (rest -= weights[index]!) < 0) ?? cases[cases.length - 1]!;
}
