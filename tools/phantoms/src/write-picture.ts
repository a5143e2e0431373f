import { rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { encode } from 'fast-png';
import type { Picture } from './contact-sheet.js';

/**
 * Writes a PNG aside, and renames it when it is whole.
 *
 * @param output relative to where the user stands
 * @returns the absolute path
 */
export async function writePicture({ width, height, data }: Picture, output: string): Promise<string> {
  const path = resolve(process.env['INIT_CWD'] ?? process.cwd(), output);
  const partial = `${path}.part`;
  await writeFile(partial, encode({ width, height, data, channels: 3, depth: 8 }));
  await rename(partial, path);
  return path;
}
