import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ReadError, type VoxelArray } from '@lungseg/core';
import type { EncodedSlice } from './read-options.js';

/** How many slices are decoded side by side: more threads than this wait for memory. */
export const DECODING_THREADS = Math.min(availableParallelism(), 4);

/** How long a thread waits for further work before it ends. */
const IDLE_MS = 500;

/** The worker lies beside this file in src and in dist. The CommonJS build has no import.meta.url. */
const workerPath = (): string =>
  join(
    typeof __dirname === 'string' ? __dirname : dirname(fileURLToPath(import.meta.url)),
    'itk-wasm-worker.mjs',
  );

/** A thread that decodes, one call at a time, and ends when nobody needs it. */
class Decoder {
  // Its output is kept apart, as itk-wasm prints what it throws.
  readonly #worker = new Worker(workerPath(), { stdout: true, stderr: true });
  #timer: NodeJS.Timeout | undefined;

  decode(files: readonly Uint8Array[]): Promise<VoxelArray> {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    worker.ref();
    return new Promise((resolve, reject) => {
      const settle = (action: () => void): void => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        action();
      };
      const onMessage = (reply: { data?: VoxelArray; error?: string }): void =>
        settle(() => {
          if (reply.data === undefined) reject(new Error(reply.error));
          else resolve(reply.data);
        });
      const onError = (error: Error): void => settle(() => reject(error));
      const onExit = (): void => settle(() => reject(new Error('the decoding thread ended')));
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage(files);
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

const idle: Decoder[] = [];

/**
 * Decodes compressed DICOM slices by itk-wasm (GDCM) in a thread of their own: lossy JPEG, JPEG-LS, JPEG 2000.
 *
 * @param slices of one size
 * @returns the numbers stored, one slice after the other
 * @throws ReadError when itk-wasm can't decode them
 * @see https://docs.itk.org/projects/wasm/en/latest/
 */
export async function decodeSlicesWithItkWasm(slices: readonly EncodedSlice[]): Promise<VoxelArray> {
  const decoder = idle.pop() ?? new Decoder();
  try {
    const data = await decoder.decode(slices.map(({ bytes }) => bytes));
    idle.push(decoder);
    decoder.rest(() => idle.splice(idle.indexOf(decoder), 1));
    return data;
  } catch (thrown) {
    // What is left of a thread after a failure is not worth keeping.
    decoder.end();
    const { name } = slices[0]!;
    const cause = thrown as Error;
    throw new ReadError(
      name,
      `${slices.length} compressed slices from ${name} on could not be decoded (${cause.message}). Export the series again, uncompressed.`,
      { cause },
    );
  }
}
