import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { InvalidArgumentError } from '@lungseg/core';
import { makeFolder } from '@lungseg/io';
import type { TracedSample } from '@lungseg/transforms';

/** Where `cacheSamples` keeps what it has made. */
export interface SampleStore {
  /** The sample that was kept under a key, or undefined. */
  get(key: string): Promise<TracedSample | undefined>;
  /** Keeps a sample, or doesn't, where there is no room. */
  put(key: string, sample: TracedSample): Promise<void>;
}

/**
 * Keeps samples in memory, the first that fit. Nothing is thrown out for another: an epoch visits every case
 * once, so that the case longest unused is the one that comes next.
 *
 * @param options `budgetBytes`: the most that voxels may take
 * @throws InvalidArgumentError when the budget is negative
 * @example
 * memoryStore({ budgetBytes: 8e9 });
 */
export function memoryStore(options: {
  readonly budgetBytes: number;
}): SampleStore & { readonly bytes: number } {
  const { budgetBytes } = options;
  if (!(budgetBytes >= 0)) {
    throw new InvalidArgumentError(`budgetBytes must not be negative. Received: ${budgetBytes}.`);
  }
  const kept = new Map<string, TracedSample>();
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    get: (key) => Promise.resolve(kept.get(key)),
    put: (key, sample) => {
      const size = Object.values(sample.volumes).reduce((sum, { data }) => sum + data.byteLength, 0);
      if (!kept.has(key) && bytes + size <= budgetBytes) {
        kept.set(key, sample);
        bytes += size;
      }
      return Promise.resolve();
    },
  };
}

/**
 * Keeps samples in the files of a folder, from run to run. Files are written aside and renamed, so that one that is cut off is
 * never seen; one that is damaged is made anew.
 *
 * @param options `folder`, which is made where it is missing
 * @example
 * diskStore({ folder: 'cache/prepared' });
 */
export function diskStore(options: { readonly folder: string }): SampleStore {
  const fileOf = (key: string): string => join(options.folder, `${key}.sample`);
  return {
    get: async (key) => {
      const bytes = await readFile(fileOf(key)).catch(() => undefined);
      return bytes === undefined ? undefined : unpack(bytes);
    },
    put: async (key, sample) => {
      await makeFolder(options.folder);
      const body = serialize(sample);
      const partial = `${fileOf(key)}.${process.pid}.${crypto.randomUUID()}.part`;
      try {
        await writeFile(partial, Buffer.concat([digestOf(body), body]));
        await rename(partial, fileOf(key));
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    },
  };
}

const DIGEST_BYTES = 32;
const digestOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

function unpack(bytes: Buffer): TracedSample | undefined {
  // Arrays of a view into the file's buffer need its beginning aligned; a copy is.
  const body = Buffer.from(bytes.subarray(DIGEST_BYTES));
  if (!digestOf(body).equals(bytes.subarray(0, DIGEST_BYTES))) return undefined;
  return deserialize(body) as TracedSample;
}
