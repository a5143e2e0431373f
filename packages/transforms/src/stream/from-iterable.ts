import { PullStream } from './pull-stream.js';

/**
 * A stream of what an iterable gives, such as a list or a generator without end. A value is taken when it is asked for: RxJS's
 * own `from` and `range` give all at once, which waits in memory where the consumer is slow.
 *
 * Each subscription iterates anew. Unsubscribing early ends the iteration, so that a generator's `finally` runs.
 *
 * @param values an iterable; a generator is iterated once
 * @returns a stream that fails with the error of the iteration
 * @example
 * function* seeds() {
 *   for (let seed = 0; ; seed++) yield seed;
 * }
 * fromIterable(seeds()).pipe(prefetch({ module, seed: 1 }), inTurn((sample) => trainOn(sample)));
 */
export function fromIterable<T>(values: Iterable<T> | AsyncIterable<T>): PullStream<T> {
  return new PullStream<T>((sink) => {
    const iterator =
      Symbol.asyncIterator in values ? values[Symbol.asyncIterator]() : values[Symbol.iterator]();
    let isOver = false;
    const answer = (result: IteratorResult<T>): void => {
      if (isOver) return;
      if (result.done !== true) {
        sink.next(result.value);
        return;
      }
      isOver = true;
      sink.complete();
    };
    const fail = (error: unknown): void => {
      if (isOver) return;
      isOver = true;
      sink.error(error);
    };
    return {
      request: () => {
        let result: IteratorResult<T> | Promise<IteratorResult<T>>;
        try {
          result = iterator.next();
        } catch (error) {
          fail(error);
          return;
        }
        if (result instanceof Promise) result.then(answer, fail);
        else answer(result);
      },
      cancel: () => {
        if (isOver) return;
        isOver = true;
        void iterator.return?.();
      },
    };
  });
}
