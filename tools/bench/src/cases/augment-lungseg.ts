import { prefetch } from '@lungseg/data';
import { PullStream, type Sink } from '@lungseg/transforms';
import { serveTasks } from '../serve-tasks.js';
import type { AugmentRequest } from './augment.js';

/** Threads that stay from run to run: so many jobs are given to them as samples are wanted. */
class Augmenters {
  #wanted = 0;
  #left = 0;
  #isAsked = false;
  #sink: Sink<number> | undefined;
  #done = (): void => undefined;

  constructor({ workers, folder, size, spacing }: AugmentRequest) {
    const module = new URL('./augment-work.js', import.meta.url);
    const jobs = new PullStream<number>((sink) => {
      this.#sink = sink;
      return { request: () => this.#give(true), cancel: () => undefined };
    });
    jobs.pipe(prefetch({ module, options: { folder, size, spacing }, workers, seed: 1 })).subscribe(() => {
      if (--this.#left === 0) this.#done();
    });
  }

  make(samples: number): Promise<void> {
    this.#wanted = samples;
    this.#left = samples;
    this.#give(this.#isAsked);
    return new Promise((resolve) => (this.#done = resolve));
  }

  close(): void {
    this.#sink?.complete();
  }

  #give(isAsked: boolean): void {
    this.#isAsked = isAsked && this.#wanted === 0;
    if (isAsked && this.#wanted > 0) this.#sink?.next(this.#wanted--);
  }
}

const byWorkers = new Map<number, Augmenters>();

await serveTasks('lungseg', (request) => {
  const wanted = request as AugmentRequest;
  const augmenters = byWorkers.get(wanted.workers) ?? new Augmenters(wanted);
  byWorkers.set(wanted.workers, augmenters);
  return augmenters.make(wanted.samples);
});
for (const augmenters of byWorkers.values()) augmenters.close();
