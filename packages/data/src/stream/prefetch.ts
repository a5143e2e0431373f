import { InvalidArgumentError, Rng, type Json } from '@lungseg/core';
import { mapInOrder, openPull, PullStream, type OnError } from '@lungseg/transforms';
import { catchError, throwError, type OperatorFunction } from 'rxjs';
import { labelOf, nameError } from './name-error.js';
import { WorkerPool } from './worker-pool.js';

/** Options of {@link prefetch}. */
export interface PrefetchOptions<T> {
  /**
   * An ES module that exports `createWork(options)`, which gives, or promises, a function `(job, seed) => result`; made
   * once in each thread, so that it may keep what it has read. For instance `new URL('./work.js', import.meta.url)`.
   */
  readonly module: URL;
  /** What `createWork` gets; JSON. */
  readonly options?: Json;
  /** Threads; 2 by default. */
  readonly workers?: number;
  /** How many jobs may be started and not yet taken; twice the threads by default. */
  readonly ahead?: number;
  /** Where each job's own seed comes from: the same for any number of threads. */
  readonly seed: number;
  /**
   * What the text of a job's error begins with, as `case-7: crop: ...`; nothing where it gives undefined. By default a
   * job that is a string, or else its `name` or `image`.
   */
  readonly nameOf?: (job: T) => string | undefined;
  /**
   * What an error does: ends the stream with it, by default, or is reported, and its job is left out. An error of the
   * report ends the stream.
   */
  readonly onError?: OnError<T>;
}

/**
 * Has jobs done in worker threads, ahead of who needs the results. Results come in the order of the jobs, and each job has
 * a seed of its own, so that the stream is the same whatever the number of threads. Back-pressure: no more than `ahead` jobs
 * are started before their results are taken, however slow the consumer. Threads end with the stream, and on unsubscribing.
 *
 * A thread that dies fails its job, and is replaced.
 *
 * Jobs and results cross by structured clone: a copy, unless voxels lie in a SharedArrayBuffer.
 *
 * @param options the module, threads, and the seed
 * @returns an operator that fails with the error of the job that failed; its text begins with the job's name
 * @throws InvalidArgumentError when `workers`, `ahead` or the seed is not an integer, or the first two not positive
 * @example
 * from(training).pipe(
 *   repeatEpochs({ seed: 1 }),
 *   prefetch({ module: new URL('./augment-work.js', import.meta.url), workers: 4, seed: 2 }),
 *   inTurn((sample) => trainOn(sample)),
 * );
 */
export function prefetch<T, R>(options: PrefetchOptions<T>): OperatorFunction<T, R> {
  const { module, workers = 2, ahead = 2 * workers, seed, nameOf = labelOf, onError = 'stop' } = options;
  if (!Number.isInteger(workers) || workers < 1) {
    throw new InvalidArgumentError(`workers must be a positive integer. Received: ${workers}.`);
  }
  const { state } = new Rng(seed);
  return (source) =>
    new PullStream<R>((sink) => {
      const pool = new WorkerPool<R>(module, options.options ?? null, workers);
      const rng = new Rng(state);
      const work = (job: T) =>
        pool
          .run(job, rng.uint32())
          .pipe(catchError((error: unknown) => throwError(() => nameError(nameOf(job), error))));
      const results = source.pipe(mapInOrder(work, { ahead, onError }));
      const pull = openPull(results, {
        next: (result) => sink.next(result),
        error: (error) => {
          pool.close();
          sink.error(error);
        },
        complete: () => {
          pool.close();
          sink.complete();
        },
      });
      return {
        request: () => pull.request(),
        cancel: () => {
          pull.cancel();
          pool.close();
        },
      };
    });
}
