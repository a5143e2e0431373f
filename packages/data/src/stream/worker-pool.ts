import { Worker } from 'node:worker_threads';
import {
  InvalidArgumentError,
  type LungsegError,
  ReadError,
  ShapeError,
  UnsupportedError,
  type Json,
} from '@lungseg/core';
import { Observable, type Subscriber } from 'rxjs';

/** What a worker thread runs: it loads a module, and calls its function `work` for each job. */
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
    const { message, kind, path, stack } = Object(error);
    parentPort.postMessage({ error: { message: String(message ?? error), kind, path, stack } });
  }
});
`;

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly kind?: string; readonly path?: string };
}

interface Job<R> {
  readonly job: unknown;
  readonly seed: number;
  readonly subscriber: Subscriber<R>;
}

/** Worker threads that take jobs one at a time each. */
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
      const worker = this.#idle.pop() ?? this.#start();
      this.#busy.set(worker, entry);
      worker.postMessage({ job: entry.job, seed: entry.seed });
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
      if (answer.error !== undefined) entry.subscriber.error(errorOf(answer.error));
      else {
        entry.subscriber.next(answer.result as R);
        entry.subscriber.complete();
      }
      this.#assign();
    });
    const fail = (cause: unknown): void => {
      const entry = this.#busy.get(worker);
      this.#busy.delete(worker);
      const text = cause instanceof Error ? cause.message : `it ended with code ${String(cause)}`;
      entry?.subscriber.error(new Error(`A worker thread of ${this.#module} failed: ${text}.`, { cause }));
    };
    worker.on('error', fail);
    worker.on('exit', fail);
    return worker;
  }

  #drop(entry: Job<R>): void {
    const at = this.#waiting.indexOf(entry);
    if (at >= 0) this.#waiting.splice(at, 1);
    for (const [worker, job] of this.#busy) {
      if (job !== entry) continue;
      this.#busy.delete(worker);
      void worker.terminate();
    }
  }
}

/** An error of a worker, in its class again. */
function errorOf({ message, kind, path }: NonNullable<Answer['error']>): Error {
  if (kind === 'read') return new ReadError(path ?? '', message);
  const classes: Readonly<Record<string, new (text: string) => LungsegError>> = {
    shape: ShapeError,
    'invalid-argument': InvalidArgumentError,
    unsupported: UnsupportedError,
  };
  return new (classes[kind ?? ''] ?? Error)(message);
}
