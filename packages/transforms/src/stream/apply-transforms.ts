import { InvalidArgumentError, Rng, type Transform } from '@lungseg/core';
import type { OperatorFunction } from 'rxjs';
import { compose } from '../compose.js';
import { openPull, PullStream, trampoline } from './pull-stream.js';
import { reportError, type OnError } from './report-error.js';
import type { TracedSample } from './traced-sample.js';
import { transformTraced } from './transform-traced.js';

/** Options of {@link applyTransforms}: a seed or a generator, and what an error does. */
export type ApplyTransformsOptions = (
  | {
      /** Each subscription starts from this seed: the same stream every time. */
      readonly seed: number;
    }
  | {
      /** A generator that goes on over subscriptions, for instance from epoch to epoch. */
      readonly rng: Rng;
    }
) & {
  /**
   * What an error does: ends the stream with it, by default, or is reported, and its sample is left out. An error of the
   * report ends the stream.
   */
  readonly onError?: OnError<TracedSample>;
};

/**
 * Transforms each sample of a stream, as `transformSample(compose(transforms), ...)` does, and adds what was done to its
 * history: `compose(transforms)` replays and inverts it.
 *
 * Samples come out in the order in which they come in, each before the next is begun; nothing is buffered, and the next
 * is asked for only when one is asked for here. Each sample has its own generator, so that what is drawn for one doesn't hang
 * on how much was drawn for those before. Samples are plain memory: there is nothing to dispose of after unsubscribing.
 *
 * @param transforms the steps, in order
 * @param options where random parameters come from, and what an error does
 * @returns an operator that fails with the error of the step that failed; its text begins with the sample's and the step's name
 * @throws InvalidArgumentError when there is neither a seed nor a generator
 * @example
 * samples$.pipe(applyTransforms([randomFlip({ probability: 0.5 })], { seed: 42 }));
 */
export function applyTransforms(
  transforms: readonly Transform[],
  options: ApplyTransformsOptions,
): OperatorFunction<TracedSample, TracedSample> {
  const steps = compose(transforms);
  if (!('rng' in options) && !Number.isInteger(options.seed)) {
    throw new InvalidArgumentError(
      `applyTransforms must have a seed, an integer, or a generator. Received: ${String(options.seed)}.`,
    );
  }
  const { onError = 'stop' } = options;
  return (source) =>
    new PullStream<TracedSample>((sink) => {
      const rng = 'rng' in options ? options.rng : new Rng(options.seed);
      const ask = trampoline(() => pull.request());
      const pull = openPull(source, {
        next: (traced) => {
          let result: TracedSample;
          try {
            result = transformTraced(steps, traced, rng.fork());
          } catch (error) {
            const last = reportError(onError, error, traced);
            if (last === undefined) {
              ask();
              return;
            }
            pull.cancel();
            sink.error(last.error);
            return;
          }
          sink.next(result);
        },
        error: (error) => sink.error(error),
        complete: () => sink.complete(),
      });
      return { request: ask, cancel: () => pull.cancel() };
    });
}
