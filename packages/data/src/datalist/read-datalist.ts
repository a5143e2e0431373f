import { readFile, stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { ReadError } from '@lungseg/core';
import { parseDatalist, type Datalist } from './datalist.js';
import { parseCsvDatalist } from './parse-csv-datalist.js';
import { readNnunetFolder } from './read-nnunet-folder.js';

/**
 * Reads a datalist: JSON in the form of the Medical Segmentation Decathlon; CSV, as {@link parseCsvDatalist} has it, where
 * the path ends in .csv; or an nnU-Net data set, as {@link readNnunetFolder} has it, where it is a folder. Paths are relative to
 * the list's own folder and come back absolute. Whether the images exist is not looked at, but in an nnU-Net folder.
 *
 * @param path a file or a folder
 * @throws ReadError when it is missing or has another form; the text names the place
 * @throws UnsupportedError when an nnU-Net data set has images of several channels
 * @example
 * const { training, validation } = await readDatalist('dataset.json');
 */
export async function readDatalist(path: string): Promise<Datalist> {
  if (
    await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    )
  )
    return readNnunetFolder(path);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'there is no such file' : code;
    throw new ReadError(
      path,
      `A datalist must be a JSON or CSV file, or an nnU-Net folder, that can be read. Received ${path}: ${why}.`,
      {
        cause,
      },
    );
  }
  const folder = dirname(resolve(path));
  const parse = extname(path).toLowerCase() === '.csv' ? parseCsvDatalist : parseDatalist;
  return parse(text.replace(/^\uFEFF/, ''), path, (relative) => resolve(folder, relative));
}
