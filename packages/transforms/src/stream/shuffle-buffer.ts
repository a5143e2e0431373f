import { Rng } from '@lungseg/core';
import type { OperatorFunction } from 'rxjs';
import { assertCount } from './assert-count.js';
import { openBuffer, PullStream, trampoline } from './pull-stream.js';

/** Options of {@link shuffleBuffer}. */
export interface ShuffleBufferOptions {
  /** How many values are held, of which each time any one is given. */
  readonly size: number;
  readonly seed: number;
}

/**
 * Shuffles a stream within a window: holds `size` values, gives any one of them, and asks for another. Every value
 * comes once; the same seed gives the same order.
 *
 * @param options how many to hold, and the seed
 * @throws InvalidArgumentError when the size is not a positive integer
 * @see TensorFlow `Dataset.shuffle`
 * @example
 * samples$.pipe(shuffleBuffer({ size: 16, seed: 1 }));
 */
export function shuffleBuffer<T>(options: ShuffleBufferOptions): OperatorFunction<T, T> {
  assertCount('size', options.size);
  const { state } = new Rng(options.seed);
  return (source) =>
    new PullStream<T>((sink) => {
      const rng = new Rng(state);
      const ask = trampoline(() => {
        const { held, isOver } = buffer;
        if (!isOver && held.length < options.size) {
          buffer.request();
        } else if (held.length === 0) {
          sink.complete();
        } else {
          const at = rng.integer(0, held.length);
          const [value] = held.splice(at, 1);
          sink.next(value as T);
        }
      });
      const buffer = openBuffer(source, sink, ask);
      return { request: ask, cancel: () => buffer.cancel() };
    });
}
