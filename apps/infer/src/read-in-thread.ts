import { Worker } from 'node:worker_threads';
import { fromErrorParts, type ErrorParts } from '@lungseg/core';
import type { ReadCtOptions, ReadResult } from '@lungseg/io';
import { inFlags } from './flag-names.js';

/** What the thread is to read; a signal can't be sent to it. */
export interface ReadRequest {
  readonly input: string;
  readonly options: Omit<ReadCtOptions, 'signal'>;
}

/** What was read, and how long that took: the caller's clock would count what the caller does meanwhile. */
export interface TimedRead {
  readonly result: ReadResult;
  readonly seconds: number;
}

/** What comes of it. */
export type ReadReply = TimedRead | { readonly failure: ErrorParts };

/**
 * Reads a CT in a thread of its own, so that what blocks this one, such as loading TensorFlow, doesn't hold it up. Voxels are
 * handed over, not copied.
 *
 * @param signal ends the thread
 * @throws as `readCt` does
 */
export async function readInThread({ input, options }: ReadRequest, signal: AbortSignal): Promise<TimedRead> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./read-worker.js', import.meta.url), {
    workerData: { input, options } satisfies ReadRequest,
  });
  let stop = (): void => undefined;
  try {
    const reply = await new Promise<ReadReply>((resolve, reject) => {
      stop = () => reject(signal.reason as Error);
      signal.addEventListener('abort', stop);
      worker
        .on('message', resolve)
        .on('error', reject)
        .on('exit', () => reject(new Error('The thread that reads ended before it had read.')));
    });
    if ('result' in reply) return reply;
    throw fromErrorParts({ ...reply.failure, message: inFlags(reply.failure.message) });
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
