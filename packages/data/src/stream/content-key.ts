import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, ReadError, type Json } from '@lungseg/core';
import type { DatalistEntry } from '../datalist/datalist.js';

/** Names what comes of a case: the bytes of its files, and what they go through. */
export async function contentKey(entry: DatalistEntry, made: Json, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256').update(canonicalJson(made));
  for (const path of [entry.image, entry.label]) {
    hash.update('\0');
    if (path !== undefined) await addPath(hash, path, signal);
  }
  return hash.digest('hex');
}

async function addPath(hash: Hash, path: string, signal: AbortSignal): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new ReadError(path, `${path} must be a file or a folder that can be read. Received: none.`, {
      cause,
    });
  });
  // A stream that is made with a signal that has fired already opens its file and, in Node 20, never closes it.
  signal.throwIfAborted();
  if (!found.isDirectory()) {
    for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Uint8Array);
    return;
  }
  for (const name of (await readdir(path)).sort()) await addPath(hash, join(path, name), signal);
}
