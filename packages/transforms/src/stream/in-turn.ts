import { from, type ObservableInput, type OperatorFunction } from 'rxjs';
import { openPull, PullStream, trampoline, type Pull } from './pull-stream.js';

/**
 * Hands one value after another to a consumer, and asks for the next only when it is done with the last: what RxJS's
 * `concatMap` does, with back-pressure instead of a queue. Put it at the end of a pipe.
 *
 * @param consume what to do with a value; its results are the stream's
 * @example
 * samples$.pipe(inTurn((sample) => trainOn(sample))).subscribe((loss) => report(loss));
 */
export function inTurn<T, R>(
  consume: (value: T, index: number) => ObservableInput<R>,
): OperatorFunction<T, R> {
  return (source) =>
    new PullStream<R>((sink) => {
      let index = 0;
      let inner: Pull | undefined;
      const ask = trampoline(() => (inner ?? outer).request());
      const outer: Pull = openPull(source, {
        next: (value) => {
          try {
            inner = openPull(from(consume(value, index++)), {
              next: (result) => sink.next(result),
              error: (error) => {
                outer.cancel();
                sink.error(error);
              },
              complete: () => {
                inner = undefined;
                ask();
              },
            });
          } catch (error) {
            outer.cancel();
            sink.error(error);
            return;
          }
          ask();
        },
        error: (error) => sink.error(error),
        complete: () => sink.complete(),
      });
      return {
        request: ask,
        cancel: () => {
          inner?.cancel();
          outer.cancel();
        },
      };
    });
}
