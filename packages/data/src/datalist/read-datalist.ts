import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ReadError } from '@lungseg/core';
import { parseDatalist, type Datalist } from './datalist.js';

/**
 * Reads a datalist in the form of the Medical Segmentation Decathlon; its paths are relative to its own folder and
 * come back absolute. Whether the images exist is not looked at.
 *
 * @param path the JSON file
 * @throws ReadError when the file is missing, is no JSON, or has another form; the text names the place in the JSON
 * @example
 * const { training, validation } = await readDatalist('dataset.json');
 */
export async function readDatalist(path: string): Promise<Datalist> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : code;
    throw new ReadError(path, `A datalist must be a JSON file that can be read. Received ${path}: ${why}.`, {
      cause,
    });
  }
  const folder = dirname(resolve(path));
  return parseDatalist(text.replace(/^\uFEFF/, ''), path, (relative) => resolve(folder, relative));
}
