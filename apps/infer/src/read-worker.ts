/** Reads one CT in a thread of its own: what `readInThread` starts. */
import { parentPort, workerData } from 'node:worker_threads';
import { isLungsegError } from '@lungseg/core';
import { readCt } from '@lungseg/io';
import type { ReadReply, ReadRequest } from './read-in-thread.js';

const { input, options } = workerData as ReadRequest;

try {
  const start = performance.now();
  const result = await readCt(input, options);
  const reply: ReadReply = { result, seconds: (performance.now() - start) / 1000 };
  parentPort!.postMessage(reply, [result.volume.data.buffer as ArrayBuffer]);
} catch (error) {
  // A thread's errors arrive without their class and kind.
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const failure = { message, stack, kind: isLungsegError(error) ? error.kind : undefined };
  parentPort!.postMessage({ failure } satisfies ReadReply);
}
