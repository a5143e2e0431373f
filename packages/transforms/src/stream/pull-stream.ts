import { UnsupportedError } from '@lungseg/core';
import { Observable, takeWhile, type Subscription } from 'rxjs';

/** Who gets the answers of a {@link Pull}. */
export interface Sink<T> {
  /** The value that was asked for. */
  next(value: T): void;
  /** The stream ends with an error. */
  error(error: unknown): void;
  /** There is no further value. */
  complete(): void;
}

/** A running source that gives a value only when asked. */
export interface Pull {
  /** Asks for one answer: a value, an error or the end, at once or later. Never before the answer to the last. */
  request(): void;
  /** Stops, and frees whatever is held. No answer comes afterwards. */
  cancel(): void;
}

/**
 * An Observable that can be asked for one value at a time. RxJS pushes, however slow the consumer; where memory is
 * large and the consumer slow, values must be pulled. The operators of this package ask what is before them only when
 * they are asked, so that nothing piles up as long as all of a pipe are of this kind. An ordinary subscriber, or an
 * ordinary operator, asks for the next value as soon as it has one.
 */
export class PullStream<T> extends Observable<T> {
  /** Starts a run; nothing happens before the first request. */
  readonly open: (sink: Sink<T>) => Pull;

  constructor(open: (sink: Sink<T>) => Pull) {
    super((subscriber) => {
      const pull = open({
        next: (value) => {
          subscriber.next(value);
          if (!subscriber.closed) ask();
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
      const ask = trampoline(() => {
        if (!subscriber.closed) pull.request();
      });
      ask();
      return () => pull.cancel();
    });
    this.open = open;
  }
}

/** How many values of a source that can't be asked may wait: a datalist fits many times, a source without end doesn't. */
const MOST_QUEUED = 1_000_000;

/**
 * Pulls from any Observable; what one that can't be asked pushes waits in a queue. One that pushes more than a million
 * values ahead, as a `range` without end does, is left with an error.
 */
export function openPull<T>(source: Observable<T>, sink: Sink<T>): Pull {
  return isPullStream(source) ? source.open(sink) : openQueue(source, sink);
}

function isPullStream<T>(source: Observable<T>): source is PullStream<T> {
  return 'open' in source && typeof source.open === 'function';
}

function openQueue<T>(source: Observable<T>, sink: Sink<T>): Pull {
  const queue: T[] = [];
  let subscription: Subscription | undefined;
  let isWaiting = false;
  let end: (() => void) | undefined;
  const answer = (): void => {
    if (!isWaiting) return;
    if (queue.length > 0) {
      isWaiting = false;
      sink.next(queue.shift() as T);
    } else if (end !== undefined) {
      isWaiting = false;
      end();
    }
  };
  return {
    request: () => {
      isWaiting = true;
      subscription ??= source.pipe(takeWhile(() => queue.length < MOST_QUEUED)).subscribe({
        next: (value) => {
          queue.push(value);
          answer();
        },
        error: (error: unknown) => {
          end = () => sink.error(error);
          answer();
        },
        complete: () => {
          end = () => sink.complete();
          if (queue.length >= MOST_QUEUED) {
            queue.length = 0;
            end = () => sink.error(notAsked());
          }
          answer();
        },
      });
      answer();
    },
    cancel: () => {
      queue.length = 0;
      subscription?.unsubscribe();
    },
  };
}

const notAsked = (): Error =>
  new UnsupportedError(
    `A source that gives its values unasked must not be ${MOST_QUEUED} ahead. Received one that is, from an operator of RxJS. Begin the stream with fromIterable or repeatEpochs, and put ordinary operators before those.`,
  );

/** Values that were pulled from a source and are kept until they are taken out. */
export interface PullBuffer<T> {
  readonly held: T[];
  /** Whether the source has ended. */
  readonly isOver: boolean;
  /** Asks the source for one more value, or its end. */
  request(): void;
  /** Stops the source and lets go of what is held. */
  cancel(): void;
}

/**
 * Pulls from a source into a buffer.
 *
 * @param source where values come from
 * @param sink gets the source's error
 * @param onChange called after each value, and at the end
 */
export function openBuffer<T>(
  source: Observable<T>,
  sink: Pick<Sink<never>, 'error'>,
  onChange: () => void,
): PullBuffer<T> {
  const held: T[] = [];
  let isOver = false;
  const pull = openPull(source, {
    next: (value) => {
      held.push(value);
      onChange();
    },
    error: (error) => sink.error(error),
    complete: () => {
      isOver = true;
      onChange();
    },
  });
  return {
    held,
    get isOver() {
      return isOver;
    },
    request: () => pull.request(),
    cancel: () => {
      held.length = 0;
      pull.cancel();
    },
  };
}

/** Calls an action again for each call that comes while it runs, one after another instead of one inside another. */
export function trampoline(action: () => void): () => void {
  let calls = 0;
  return () => {
    if (calls++ > 0) return;
    while (calls > 0) {
      action();
      calls--;
    }
  };
}
