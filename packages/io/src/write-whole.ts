import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { WriteError } from '@lungseg/core';

/** Why a file can't be written, and what to do, by Node's code. */
const REASONS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder. Give the name of a file',
  ENOTDIR: 'what should be its folder is no folder. Choose another place',
  EEXIST: 'what should be its folder is no folder. Choose another place',
  EACCES: 'permission is denied. Choose a folder that you may write to',
  EPERM: 'permission is denied. Choose a folder that you may write to',
  EROFS: 'the disk is read-only. Choose another place',
  ENOSPC: 'no space is left on the disk. Make room, or choose another place',
  EDQUOT: 'your quota of the disk is used up. Make room, or choose another place',
};

/**
 * Writes a file aside under a name that no other writer has, flushes it and renames it: it is there whole, or not at all.
 * Its folder is made.
 *
 * @throws WriteError when it can't be written; what was there stays
 */
export async function writeWhole(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const folder = dirname(path);
  try {
    await mkdir(folder, { recursive: true });
    const aside = join(folder, `.${basename(path)}.tmp-${process.pid}-${crypto.randomUUID()}`);
    await writeAside(aside, path, parts);
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const reason = REASONS[code] ?? `${message}. Check the disk, or choose another place`;
    throw new WriteError(path, `${path} can't be written: ${reason}.`, { cause });
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
