import { Worker } from 'node:worker_threads';
import {
  fromErrorParts,
  InvalidArgumentError,
  toErrorParts,
  type ErrorParts,
  type Json,
} from '@lungseg/core';
import { Observable, type Subscriber } from 'rxjs';

/**
 * What a worker thread runs: it loads a module, and calls its function `work` for each job. It stands in text, where core's
 * `toErrorParts` can't be had.
 */
const BOOTSTRAP = `
const { parentPort, workerData } = require('node:worker_threads');
const ready = import(workerData.module).then(async (module) => {
  if (typeof module.createWork !== 'function') throw new Error(workerData.module + ' must export a function createWork.');
  return module.createWork(workerData.options);
});
ready.catch(() => undefined);
parentPort.on('message', async ({ job, seed }) => {
  try {
    parentPort.postMessage({ result: await (await ready)(job, seed) });
  } catch (error) {
    const { message, kind, path, code, stack } = Object(error);
    parentPort.postMessage({ error: { message: String(message ?? error), kind, path, code, stack } });
  }
});
`;

interface Answer {
  readonly result?: unknown;
  readonly error?: ErrorParts;
}

interface Job<R> {
  readonly job: unknown;
  readonly seed: number;
  readonly subscriber: Subscriber<R>;
}

/** Worker threads that take jobs one at a time each; one that dies is replaced when there is a job for it. */
export class WorkerPool<R> {
  readonly #module: string;
  readonly #options: Json;
  readonly #size: number;
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Job<R>>();
  readonly #waiting: Job<R>[] = [];

  constructor(module: URL, options: Json, size: number) {
    this.#module = module.href;
    this.#options = options;
    this.#size = size;
  }

  /** Has a job done; unsubscribing from one that is under way ends its thread. */
  run(job: unknown, seed: number): Observable<R> {
    return new Observable<R>((subscriber) => {
      const entry = { job, seed, subscriber };
      this.#waiting.push(entry);
      this.#assign();
      return () => this.#drop(entry);
    });
  }

  /** Ends every thread. */
  close(): void {
    this.#waiting.length = 0;
    const workers = [...this.#idle.splice(0), ...this.#busy.keys()];
    this.#busy.clear();
    for (const worker of workers) void worker.terminate();
  }

  #assign(): void {
    while (this.#waiting.length > 0 && this.#busy.size < this.#size) {
      const entry = this.#waiting.shift()!;
      let worker: Worker | undefined;
      try {
        worker = this.#idle.pop() ?? this.#start();
        worker.postMessage({ job: entry.job, seed: entry.seed });
        this.#busy.set(worker, entry);
      } catch (cause) {
        if (worker !== undefined) this.#idle.push(worker);
        entry.subscriber.error(worker === undefined ? this.#failure(cause) : notCloned(cause));
      }
    }
  }

  #start(): Worker {
    const workerData = { module: this.#module, options: this.#options };
    const worker = new Worker(BOOTSTRAP, { eval: true, workerData });
    worker.on('message', (answer: Answer) => {
      const entry = this.#busy.get(worker);
      if (entry === undefined) return;
      this.#busy.delete(worker);
      this.#idle.push(worker);
      if (answer.error !== undefined) entry.subscriber.error(fromErrorParts(answer.error));
      else {
        entry.subscriber.next(answer.result as R);
        entry.subscriber.complete();
      }
      this.#assign();
    });
    const fail = (cause: unknown): void => this.#fail(worker, cause);
    worker.on('error', fail);
    worker.on('messageerror', fail);
    worker.on('exit', (code) => fail(new Error(`it ended with code ${code}`)));
    return worker;
  }

  /** Takes a thread out of use: its job fails; where it has none, nobody waits for the error, which becomes a warning. */
  #fail(worker: Worker, cause: unknown): void {
    const entry = this.#busy.get(worker);
    const at = this.#idle.indexOf(worker);
    if (entry === undefined && at < 0) return;
    this.#busy.delete(worker);
    if (at >= 0) this.#idle.splice(at, 1);
    void worker.terminate();
    const failure = this.#failure(cause);
    if (entry === undefined)
      process.emitWarning(`${failure.message} It had no job; another takes its place.`);
    else entry.subscriber.error(failure);
    this.#assign();
  }

  #failure(cause: unknown): Error {
    return new Error(`A worker thread of ${this.#module} failed: ${toErrorParts(cause).message}.`, {
      cause,
    });
  }

  #drop(entry: Job<R>): void {
    const at = this.#waiting.indexOf(entry);
    if (at >= 0) this.#waiting.splice(at, 1);
    for (const [worker, job] of this.#busy) {
      if (job !== entry) continue;
      this.#busy.delete(worker);
      void worker.terminate();
    }
    // Later: where a whole stream is left, the jobs that wait are dropped as well, and need no thread.
    queueMicrotask(() => this.#assign());
  }
}

function notCloned(cause: unknown): Error {
  return new InvalidArgumentError(
    `A job must be data that structured clone can copy, without functions. Received: ${toErrorParts(cause).message} Send a path or an index instead.`,
    { cause },
  );
}
