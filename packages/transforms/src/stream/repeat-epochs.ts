import { Rng } from '@lungseg/core';
import type { OperatorFunction } from 'rxjs';
import { assertCount } from './assert-count.js';
import { openBuffer, PullStream, trampoline } from './pull-stream.js';

/** Options of {@link repeatEpochs}. */
export interface RepeatEpochsOptions {
  /** How often the source's values come; without end by default. */
  readonly epochs?: number;
  /** Shuffles each epoch anew, the same for the same seed; the source's order by default. */
  readonly seed?: number;
}

/**
 * Gives the values of a source over and over, an epoch each time. The source is read once, to its end, and its values
 * are kept: put it before what loads, over entries of a datalist. Gives a value when asked, so that it may be without end.
 *
 * @param options how often, and in which order
 * @throws InvalidArgumentError when `epochs` is not a positive integer
 * @example
 * from(training).pipe(repeatEpochs({ seed: 1 }), loadSamples(), applyTransforms(augment, { seed: 2 }));
 */
export function repeatEpochs<T>(options: RepeatEpochsOptions = {}): OperatorFunction<T, T> {
  const { epochs = Infinity, seed } = options;
  if (epochs !== Infinity) assertCount('epochs', epochs);
  const rng = seed === undefined ? undefined : new Rng(seed).state;
  return (source) =>
    new PullStream<T>((sink) => {
      const generator = rng === undefined ? undefined : new Rng(rng);
      let epoch = 0;
      let at = 0;
      const ask = trampoline(() => {
        const { held: values, isOver } = buffer;
        if (!isOver) {
          buffer.request();
          return;
        }
        if (at === values.length) {
          epoch++;
          at = 0;
        }
        if (epoch === epochs || values.length === 0) {
          sink.complete();
          return;
        }
        if (at === 0 && generator !== undefined) shuffle(values, generator);
        sink.next(values[at++]!);
      });
      const buffer = openBuffer(source, sink, ask);
      return { request: ask, cancel: () => buffer.cancel() };
    });
}

/** Fisher and Yates, in place. */
function shuffle(values: unknown[], rng: Rng): void {
  for (let n = values.length - 1; n > 0; n--) {
    const other = rng.integer(0, n + 1);
    [values[n], values[other]] = [values[other], values[n]];
  }
}
