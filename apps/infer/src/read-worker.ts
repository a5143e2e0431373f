/** Reads one CT in a thread of its own: what `readInThread` starts. */
import { parentPort, workerData } from 'node:worker_threads';
import { toErrorParts } from '@lungseg/core';
import { readCt } from '@lungseg/io';
import type { ReadReply, ReadRequest } from './read-in-thread.js';

const { input, options } = workerData as ReadRequest;

try {
  const start = performance.now();
  const result = await readCt(input, options);
  const reply: ReadReply = { result, seconds: (performance.now() - start) / 1000 };
  parentPort!.postMessage(reply, [result.volume.data.buffer as ArrayBuffer]);
} catch (error) {
  parentPort!.postMessage({ failure: toErrorParts(error) } satisfies ReadReply);
}
