import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { canonicalJson, type Json } from '@lungseg/core';
import { filesReadFrom } from '@lungseg/io';
import type { DatalistEntry } from '../datalist/datalist.js';

/**
 * Names what comes of a case: the bytes of all files that it is read from, and what they go through.
 *
 * @throws ReadError when one of them is missing
 */
export async function contentKey(entry: DatalistEntry, made: Json, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256').update(canonicalJson(made));
  for (const path of [entry.image, entry.label]) {
    hash.update('\0');
    for (const file of path === undefined ? [] : await filesReadFrom(path)) {
      // A stream that is made with a signal that has fired already opens its file and, in Node 20, never closes it.
      signal.throwIfAborted();
      for await (const chunk of createReadStream(file, { signal })) hash.update(chunk as Uint8Array);
    }
  }
  return hash.digest('hex');
}
