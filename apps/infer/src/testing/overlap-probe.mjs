// Loaded before the app by `node --import`, in its main thread and in the one that reads: each part waits at its end until
// the other has begun, for some seconds. The events, in the order in which they come, go to the file of OVERLAP_LOG.
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';

const LIMIT_MS = 20_000;
const { OVERLAP_LOG: log } = process.env;
const pause = new Int32Array(new SharedArrayBuffer(4));

const note = (event) => fs.appendFileSync(log, `${event}\n`);

/** Blocks the thread, as loading TensorFlow does. */
function waitFor(event) {
  const end = Date.now() + LIMIT_MS;
  while (!fs.readFileSync(log, 'utf8').includes(event) && Date.now() < end) Atomics.wait(pause, 0, 0, 5);
}

if (isMainThread) {
  const { readFile } = promises;
  promises.readFile = async (path, ...options) => {
    const bytes = await readFile(path, ...options);
    if (!String(path).endsWith('.safetensors')) return bytes;
    note('loading begins');
    waitFor('reading begins');
    note('loading ends');
    return bytes;
  };
} else {
  const { open } = fs;
  fs.open = (path, ...rest) => {
    if (path === workerData?.input) note('reading begins');
    return open(path, ...rest);
  };
  const post = parentPort.postMessage.bind(parentPort);
  parentPort.postMessage = (...message) => {
    waitFor('loading begins');
    note('reading ends');
    post(...message);
  };
}
syncBuiltinESMExports();
