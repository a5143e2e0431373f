import { InvalidArgumentError, type Json, type Rng, type Transform } from '@lungseg/core';
import { specOf } from './history.js';
import { invertPlaces, invertSample, replaySample, transformSample, type SampleTransform } from './sample.js';
import { isSpatial, type SpatialTransform } from './spatial-transform.js';

/** Options of {@link oneOf}. */
export interface OneOfOptions {
  /** How often each is chosen, relative to the others; all the same by default. */
  readonly weights?: readonly number[];
}

/** Parameters of {@link oneOf}: which transform was chosen, and its parameters. */
export type OneOfParams = { readonly choice: number; readonly params: Json };

/**
 * Does one of several transforms, chosen by chance. Its `invert` is that of a composition: values are left alone.
 *
 * @param choices transforms
 * @param options `weights`
 * @returns a spatial transform where all are
 * @throws InvalidArgumentError when there is nothing to choose from, or the weights don't fit
 * @see MONAI `OneOf`
 * @example
 * oneOf([gaussianBlur({ sigma: 1 }), gaussianNoise({ standardDeviation: 20 })], { weights: [1, 3] });
 */
export function oneOf(
  choices: readonly SpatialTransform[],
  options?: OneOfOptions,
): SampleTransform<OneOfParams> & SpatialTransform<OneOfParams>;
export function oneOf(choices: readonly Transform[], options?: OneOfOptions): SampleTransform<OneOfParams>;
export function oneOf(
  choices: readonly Transform[],
  options: OneOfOptions = {},
): SampleTransform<OneOfParams> {
  choices = [...choices];
  const weights = [...(options.weights ?? choices.map(() => 1))];
  const total = weights.reduce((a, b) => a + b, 0);
  if (!(weights.length === choices.length && weights.every((w) => w >= 0) && total > 0)) {
    throw new InvalidArgumentError(
      `oneOf must have transforms, and weights as many, not negative and not all 0. Received: ${choices.length} transforms, weights ${String(weights)}.`,
    );
  }
  const choose = (rng: Rng): number => {
    let rest = rng.uniform(0, total);
    const found = weights.findIndex((weight) => (rest -= weight) < 0);
    return found >= 0 ? found : weights.findLastIndex((weight) => weight > 0);
  };
  return {
    name: 'oneOf',
    options: { choices: choices.map(specOf), weights },
    sampleParams: (rng, sample) => {
      const choice = choose(rng);
      return { choice, params: choices[choice]!.sampleParams(rng, sample) };
    },
    transformSample: (sample, rng) => {
      const choice = choose(rng);
      const result = transformSample(choices[choice]!, sample, rng);
      return { sample: result.sample, params: { choice, params: result.params } };
    },
    apply: (volume, { choice, params }, key) => choices[choice]!.apply(volume, params, key),
    replaySample: (sample, { choice, params }) => replaySample(choices[choice]!, sample, params),
    invert: (volume, { choice, params }, key) => invertPlaces(choices[choice]!, volume, params, key),
    invertSample: (sample, { choice, params }, how) => invertSample(choices[choice]!, sample, params, how),
    ...(choices.every(isSpatial) ? spatialPart(choices) : {}),
  };
}

function spatialPart(
  choices: readonly SpatialTransform[],
): Pick<SpatialTransform<OneOfParams>, 'outputGrid' | 'displacement'> {
  return {
    outputGrid: (grid, { choice, params }) => choices[choice]!.outputGrid(grid, params),
    displacement: (grid, { choice, params }) => choices[choice]!.displacement?.(grid, params),
  };
}
