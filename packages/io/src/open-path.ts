import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ReadError, UnsupportedError, type NamedBytes } from '@lungseg/core';
import { looksLikeDicom, readDicomHeader } from './dicom-header.js';
import type { FileSource } from './file-source.js';
import { findLostFiles } from './lost-files.js';
import { detachedDataOf } from './meta-image-reader.js';
import { filesOfFolder, sourceOfPath, sourcesOfFolder } from './node-files.js';
import { isZip, sourcesOfZip } from './zip.js';

/** What a path leads to. */
export type OpenedPath =
  /** Files of DICOM, or what may be such. */
  | {
      readonly kind: 'sources';
      readonly sources: readonly FileSource[];
      readonly warnings: readonly string[];
    }
  /** A file of another format, with the one that holds its voxels where that is apart. */
  | { readonly kind: 'files'; readonly files: readonly NamedBytes[] };

/** How many bytes it takes to tell what a file is. */
const MAGIC_BYTES = 1024;

const DICOMDIR = '1.2.840.10008.1.3.10';

/**
 * Finds what a path leads to: a folder of DICOM, a zip, an image in one file or two. One slice of DICOM stands for
 * the whole series beside it, and a DICOMDIR for its folder.
 *
 * @throws ReadError when there is nothing, or nothing that can be read
 */
export async function openPath(path: string): Promise<OpenedPath> {
  const found = await stat(path).catch((cause: unknown) => {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const missing = ['ENOENT', 'ENOTDIR'].includes(code);
    throw new ReadError(
      path,
      missing ? `No such file or folder: ${path}` : `${path} can't be read: ${message}.`,
      {
        cause,
      },
    );
  });
  if (found.isDirectory()) return { kind: 'sources', sources: await sourcesOfFolder(path), warnings: [] };
  const source = await sourceOfPath(path, path);
  const head = await source.read(0, MAGIC_BYTES);
  if (looksLikeDicom(head)) return openDicomFile(path, source);
  const file = { name: path, bytes: await source.read() };
  if (isZip(head)) return { kind: 'sources', sources: sourcesOfZip(file), warnings: [] };
  const detached = detachedDataOf(file);
  return {
    kind: 'files',
    files: detached === undefined ? [file] : [file, await readBeside(path, detached)],
  };
}

async function openDicomFile(path: string, source: FileSource): Promise<OpenedPath> {
  const alone = { kind: 'sources', sources: [source], warnings: [] } as const;
  const { instance } = (await readDicomHeader(source))!;
  const { sopClassUid, seriesInstanceUid, pixels } = instance;
  if (sopClassUid === DICOMDIR)
    return { kind: 'sources', sources: await sourcesOfFolder(dirname(path)), warnings: [] };
  if (pixels?.frames !== 1 || seriesInstanceUid === '') return alone;
  const sources = await filesOfSeries(seriesInstanceUid, await filesOfFolder(dirname(path)));
  if (sources.length < 2) return alone;
  const warnings = [
    `${basename(path)} is one slice of a series: the ${sources.length} slices of it in ${dirname(path)} were read.`,
  ];
  return { kind: 'sources', sources, warnings };
}

/** The files of a series among others, and those that may be slices of it, but are damaged: then the reader is to say so. */
async function filesOfSeries(
  seriesInstanceUid: string,
  beside: readonly FileSource[],
): Promise<readonly FileSource[]> {
  const found: FileSource[] = [];
  const others: FileSource[] = [];
  for (const file of beside) {
    try {
      const header = await readDicomHeader(file);
      if (header === undefined) others.push(file);
      else if (header.instance.seriesInstanceUid === seriesInstanceUid) found.push(file);
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      found.push(file);
    }
  }
  const slices = found.map(({ name }) => ({ name, seriesInstanceUid }));
  const lost = new Set((await findLostFiles(slices, others)).map(({ name }) => name));
  return [...found, ...others.filter(({ name }) => lost.has(name))];
}

/**
 * Reads the file that a header names, if it lies in the header's own folder: a header that comes from elsewhere must
 * not lead to other files.
 */
async function readBeside(path: string, name: string): Promise<NamedBytes> {
  const folder = dirname(path);
  const refuse = (reason: string): never => {
    throw new UnsupportedError(
      `${path} keeps its voxels in ${JSON.stringify(name)}, ${reason}. lungseg reads them from a file in the same folder only.`,
    );
  };
  if (name !== basename(name) || /^\.*$|[/\\\0]/.test(name))
    refuse('which is not the name of a file beside it');
  const data = join(folder, name);
  const source = await sourceOfPath(data, data);
  if (dirname(await realpath(data)) !== (await realpath(folder))) refuse('a link that leads elsewhere');
  return { name: data, bytes: await source.read() };
}
