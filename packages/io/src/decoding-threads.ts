import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { fromErrorParts, type ErrorParts } from '@lungseg/core';

/** How many slices are decoded side by side: more threads than this wait for memory. */
export const DECODING_THREADS = Math.min(availableParallelism(), 4);

/** How long a thread waits for further work before it ends. */
const IDLE_MS = 500;

/** A file beside this one. The CommonJS build has no import.meta.url. */
export const besideThisFile = (file: string): string =>
  join(typeof __dirname === 'string' ? __dirname : dirname(fileURLToPath(import.meta.url)), file);

/** What a thread answers. */
export type ThreadReply<T> = { readonly data: T } | { readonly error: ErrorParts };

/** Threads that decode, one call at a time each, and end when nobody needs them: the process can end meanwhile. */
export class DecodingThreads<Request, Reply> {
  readonly #idle: DecodingThread<Request, Reply>[] = [];

  /** @param file what the threads run: it answers each message by a {@link ThreadReply} */
  constructor(private readonly file: string) {}

  /**
   * Has a thread that rests, or a new one, answer a request.
   *
   * @param transfer memory of the request that is handed over instead of copied
   * @throws the error that it answers with, and one that ends the thread; it isn't used again
   */
  async call(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<Reply> {
    const idle = this.#idle;
    const thread = idle.pop() ?? new DecodingThread<Request, Reply>(this.file);
    try {
      const reply = await thread.call(request, transfer);
      idle.push(thread);
      thread.rest(() => idle.splice(idle.indexOf(thread), 1));
      return reply;
    } catch (error) {
      // What is left of a thread after a failure is not worth keeping.
      thread.end();
      throw error;
    }
  }
}

class DecodingThread<Request, Reply> {
  readonly #worker: Worker;
  #timer: NodeJS.Timeout | undefined;

  constructor(file: string) {
    // Its output is kept apart, as itk-wasm prints what it throws.
    this.#worker = new Worker(file, { stdout: true, stderr: true });
  }

  call(request: Request, transfer: readonly ArrayBuffer[]): Promise<Reply> {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    worker.ref();
    return new Promise((resolve, reject) => {
      const settle = (action: () => void): void => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        action();
      };
      const onMessage = (reply: ThreadReply<Reply>): void =>
        settle(() => {
          if ('data' in reply) resolve(reply.data);
          else reject(fromErrorParts(reply.error));
        });
      const onError = (error: Error): void => settle(() => reject(error));
      const onExit = (): void => settle(() => reject(new Error('the decoding thread ended')));
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage(request, [...transfer]);
    });
  }

  /** Lets the process end meanwhile, and calls back before the thread ends. */
  rest(onEnd: () => void): void {
    this.#worker.unref();
    this.#timer = setTimeout(() => {
      onEnd();
      void this.#worker.terminate();
    }, IDLE_MS);
    this.#timer.unref();
  }

  end(): void {
    void this.#worker.terminate();
  }
}
