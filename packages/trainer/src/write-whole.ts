import { open, rename, rm } from 'node:fs/promises';

/**
 * Writes a file aside, under a name that no other writer has, flushes it to disk and renames it: whoever reads `path`
 * finds the old file or the new one, whole.
 */
export async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  const aside = `${path}.tmp-${process.pid}-${crypto.randomUUID()}`;
  try {
    const file = await open(aside, 'w');
    try {
      await file.writeFile(bytes);
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
