import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertReplaceable, makeFolder } from './assert-writable.js';
import { writeErrorOf } from './write-error.js';

/**
 * Writes a file aside under a name that no other writer has, flushes it and renames it: it is there whole, or not at all.
 * Its folder is made.
 *
 * @throws WriteError when it can't be written; what was there stays
 */
export async function writeWhole(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const folder = dirname(path);
  try {
    await assertReplaceable(path);
    await makeFolder(folder);
    const aside = join(folder, `.tmp-${process.pid}-${crypto.randomUUID()}`);
    await writeAside(aside, path, parts);
  } catch (cause) {
    throw writeErrorOf(path, cause);
  }
}

async function writeAside(aside: string, path: string, parts: readonly Uint8Array[]): Promise<void> {
  try {
    const file = await open(aside, 'w');
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}
