import { Observable } from 'rxjs';

/** Runs a task on subscribing; unsubscribing aborts its signal, and whatever it gives then is let go. */
export function fromAbortable<T>(task: (signal: AbortSignal) => Promise<T>): Observable<T> {
  return new Observable<T>((subscriber) => {
    const controller = new AbortController();
    task(controller.signal).then(
      (value) => {
        subscriber.next(value);
        subscriber.complete();
      },
      (error: unknown) => subscriber.error(error),
    );
    return () => controller.abort();
  });
}
