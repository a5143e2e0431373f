import { InvalidArgumentError, type Rng } from '@lungseg/core';
import type { History } from '../history.js';
import { transformSample, type SampleTransform } from '../sample.js';
import { nameErrors } from '../transform-error.js';
import type { TracedSample } from './traced-sample.js';

/**
 * Transforms one sample that carries its name and history, and adds what was done to the history.
 *
 * @param steps a composition
 * @param traced a sample as `traceSample` makes it
 * @param rng where random parameters come from
 * @throws what a step throws, of its class; the text begins with the sample's and the step's name
 * @throws InvalidArgumentError when the sample has no name and history
 * @example
 * const flipped = transformTraced(compose([randomFlip({ probability: 0.5 })]), traced, new Rng(1));
 */
export function transformTraced(
  steps: SampleTransform<History>,
  traced: TracedSample,
  rng: Rng,
): TracedSample {
  if (traced.volumes === undefined) {
    throw new InvalidArgumentError(
      `A sample must have a name and a history. Received: an object with ${Object.keys(traced).join(', ')}. Make it with traceSample.`,
    );
  }
  const { sample, params } = nameErrors(traced.name, () => transformSample(steps, traced.volumes, rng));
  return { ...traced, volumes: sample, history: [...traced.history, ...params] };
}
