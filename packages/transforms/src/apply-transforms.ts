import { InvalidArgumentError, Rng, type Sample, type Transform } from '@lungseg/core';
import { defer, map, type OperatorFunction } from 'rxjs';
import { compose } from './compose.js';
import { transformSample } from './sample.js';

/** Options of {@link applyTransforms}: exactly one of them. */
export type ApplyTransformsOptions =
  | {
      /** Each subscription starts from this seed: the same stream every time. */
      readonly seed: number;
    }
  | {
      /** A generator that goes on over subscriptions, for instance from epoch to epoch. */
      readonly rng: Rng;
    };

/**
 * Transforms each sample of a stream, as `transformSample(compose(transforms), ...)` does.
 *
 * Samples come out in the order in which they come in, each before the next is begun; nothing is buffered. Each sample
 * has its own generator, so that what is drawn for one doesn't hang on how much was drawn for those before. Samples
 * are plain memory: there is nothing to dispose of after unsubscribing.
 *
 * @param transforms the steps, in order
 * @param options where random parameters come from
 * @returns an operator that fails with the error of the step that failed; its text begins with the step's name
 * @throws InvalidArgumentError when there is neither a seed nor a generator
 * @example
 * samples$.pipe(applyTransforms([randomFlip({ probability: 0.5 })], { seed: 42 }));
 */
export function applyTransforms(
  transforms: readonly Transform[],
  options: ApplyTransformsOptions,
): OperatorFunction<Sample, Sample> {
  const steps = compose(transforms);
  if (!('rng' in options) && !Number.isInteger(options.seed)) {
    throw new InvalidArgumentError(
      `applyTransforms must have a seed, an integer, or a generator. Received: ${String(options.seed)}.`,
    );
  }
  return (source) =>
    defer(() => {
      const rng = 'rng' in options ? options.rng : new Rng(options.seed);
      return source.pipe(map((sample) => transformSample(steps, sample, rng.fork()).sample));
    });
}
