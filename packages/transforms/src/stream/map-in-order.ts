import type { Observable, OperatorFunction, Subscription } from 'rxjs';
import { assertCount } from './assert-count.js';
import { openPull, PullStream, trampoline, type Pull } from './pull-stream.js';
import { reportError, type OnError } from './report-error.js';

/** Options of {@link mapInOrder}. */
export interface MapInOrderOptions<T> {
  /** How many may be started and not yet taken, the one that is waited for among them; 1 by default. */
  readonly ahead?: number;
  /**
   * What an error does: ends the stream with it, by default, or is reported, and its value is left out. An error of the
   * report ends the stream.
   */
  readonly onError?: OnError<T>;
}

/**
 * Maps each value to the first one of an inner Observable, several at a time, in the order in which they came. Back-pressure: no
 * more than `ahead` are started before their results are taken. Unsubscribing unsubscribes from all that are running.
 *
 * @param project what to do; an Observable without any value leaves the value out
 * @param options how many at a time, and what an error does
 * @throws InvalidArgumentError when `ahead` is not a positive integer
 * @example
 * paths$.pipe(mapInOrder((path) => from(readVolume(path)), { ahead: 2 }));
 */
export function mapInOrder<T, R>(
  project: (value: T, index: number) => Observable<R>,
  options: MapInOrderOptions<T> = {},
): OperatorFunction<T, R> {
  const { ahead = 1, onError = 'stop' } = options;
  assertCount('ahead', ahead);
  return (source) =>
    new PullStream<R>((sink) => {
      const started: Started[] = [];
      let index = 0;
      let isAsked = false;
      let isFetching = false;
      let isOver = false;
      let end: (() => void) | undefined;
      const finish = (act: () => void): void => {
        isOver = true;
        pull.cancel();
        for (const { subscription } of started) subscription?.unsubscribe();
        started.length = 0;
        act();
      };
      const step = trampoline(() => {
        if (isOver) return;
        while (started.length > 0 && started[0]!.isLeftOut) started.shift();
        const first = started[0];
        if (isAsked && first?.answer !== undefined) {
          isAsked = false;
          started.shift();
          first.answer();
          step();
        } else if (isAsked && first === undefined && end !== undefined) {
          finish(end);
        } else if (started.length < ahead && !isFetching && end === undefined && (isAsked || index > 0)) {
          isFetching = true;
          pull.request();
        }
      });
      const start = (value: T): void => {
        const entry: Started = { isLeftOut: false };
        started.push(entry);
        const fail = (error: unknown): void => {
          const last = reportError(onError, error, value);
          if (last === undefined) entry.isLeftOut = true;
          else entry.answer = () => finish(() => sink.error(last.error));
        };
        let isSettled = false;
        const done = (act: () => void): void => {
          if (isSettled) return;
          isSettled = true;
          act();
          entry.subscription?.unsubscribe();
          step();
        };
        try {
          entry.subscription = project(value, index++).subscribe({
            next: (result) => done(() => (entry.answer = () => sink.next(result))),
            error: (error: unknown) => done(() => fail(error)),
            complete: () => done(() => (entry.isLeftOut = true)),
          });
          if (isSettled) entry.subscription.unsubscribe();
        } catch (error) {
          done(() => fail(error));
        }
      };
      const pull: Pull = openPull(source, {
        next: (value) => {
          isFetching = false;
          start(value);
          step();
        },
        error: (error) => {
          isFetching = false;
          end = () => sink.error(error);
          step();
        },
        complete: () => {
          isFetching = false;
          end = () => sink.complete();
          step();
        },
      });
      return {
        request: () => {
          isAsked = true;
          step();
        },
        cancel: () => {
          if (!isOver) finish(() => undefined);
        },
      };
    });
}

/** A value that is being worked on, and once that is done, how to hand it on. */
interface Started {
  subscription?: Subscription;
  answer?: () => void;
  isLeftOut: boolean;
}
