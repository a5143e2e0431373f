import { InvalidArgumentError, type Json, type Transform } from '@lungseg/core';
import { specOf } from './history.js';
import { invertSample, replaySample, transformSample, type SampleTransform } from './sample.js';
import { isSpatial, type SpatialTransform } from './spatial-transform.js';

/** Parameters of {@link withProbability}: those of the transform, or null where it was left out. */
export type WithProbabilityParams<P extends Json> = { readonly taken: boolean; readonly params: P | null };

/**
 * Does a transform sometimes, and else nothing.
 *
 * @param probability how often, from 0 to 1
 * @param transform what to do
 * @returns a spatial transform where the one given is one
 * @throws InvalidArgumentError when the probability is not in [0, 1]
 * @example
 * withProbability(0.2, gaussianNoise({ standardDeviation: [0, 20] }));
 */
export function withProbability<P extends Json>(
  probability: number,
  transform: SpatialTransform<P>,
): SampleTransform<WithProbabilityParams<P>> & SpatialTransform<WithProbabilityParams<P>>;
export function withProbability<P extends Json>(
  probability: number,
  transform: Transform<P>,
): SampleTransform<WithProbabilityParams<P>>;
export function withProbability<P extends Json>(
  probability: number,
  transform: Transform<P>,
): SampleTransform<WithProbabilityParams<P>> {
  if (!(probability >= 0 && probability <= 1)) {
    throw new InvalidArgumentError(`probability must be in [0, 1]. Received: ${probability}.`);
  }
  return {
    name: transform.name,
    options: { probability, transform: specOf(transform) },
    sampleParams: (rng, sample) => {
      const taken = rng.bernoulli(probability);
      return { taken, params: taken ? transform.sampleParams(rng, sample) : null };
    },
    transformSample: (sample, rng) => {
      if (!rng.bernoulli(probability)) return { sample, params: { taken: false, params: null } };
      const result = transformSample(transform, sample, rng);
      return { sample: result.sample, params: { taken: true, params: result.params } };
    },
    apply: (volume, { taken, params }, key) => (taken ? transform.apply(volume, params as P, key) : volume),
    replaySample: (sample, { taken, params }) =>
      taken ? replaySample(transform, sample, params as P) : sample,
    invert: (volume, { taken, params }, key) =>
      taken ? (transform.invert?.(volume, params as P, key) ?? volume) : volume,
    invertSample: (sample, { taken, params }, options) =>
      taken ? invertSample(transform, sample, params as P, options) : sample,
    ...(transform.inverts === undefined ? {} : { inverts: transform.inverts }),
    ...(isSpatial(transform) ? spatialPart(transform) : {}),
  };
}

function spatialPart<P extends Json>(
  transform: SpatialTransform<P>,
): Pick<SpatialTransform<WithProbabilityParams<P>>, 'outputGrid' | 'displacement'> {
  return {
    outputGrid: (grid, { taken, params }) => (taken ? transform.outputGrid(grid, params as P) : grid),
    displacement: (grid, { taken, params }) =>
      taken ? transform.displacement?.(grid, params as P) : undefined,
  };
}
