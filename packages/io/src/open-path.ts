import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ReadError, UnsupportedError } from '@lungseg/core';
import { looksLikeDicom, readDicomHeader } from './dicom-header.js';
import { findLostFiles } from './lost-files.js';
import { detachedDataOf, MAXIMUM_HEADER_BYTES, metaImageReader } from './meta-image-reader.js';
import { filesOfFolder, sourceOfPath, sourcesOfFolder, type DiskFile } from './node-files.js';
import { isZip } from './zip.js';

/** What a path leads to. */
export type OpenedPath =
  /** Files of DICOM, or what may be such. */
  | { readonly kind: 'dicom'; readonly files: readonly DiskFile[]; readonly warnings: readonly string[] }
  | { readonly kind: 'zip'; readonly files: readonly [DiskFile] }
  /** A file of another format, with the one that holds its voxels where that is apart. */
  | { readonly kind: 'image'; readonly files: readonly DiskFile[] };

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
  if (found.isDirectory()) return { kind: 'dicom', files: await sourcesOfFolder(path), warnings: [] };
  const file = await sourceOfPath(path, path);
  const head = await file.read(0, MAGIC_BYTES);
  if (looksLikeDicom(head)) return openDicomFile(path, file);
  if (isZip(head)) return { kind: 'zip', files: [file] };
  if (!metaImageReader.sniff(head)) return { kind: 'image', files: [file] };
  const detached = detachedDataOf({ name: path, bytes: await file.read(0, MAXIMUM_HEADER_BYTES) });
  return {
    kind: 'image',
    files: detached === undefined ? [file] : [file, await fileBeside(path, detached)],
  };
}

async function openDicomFile(path: string, file: DiskFile): Promise<OpenedPath> {
  const alone = { kind: 'dicom', files: [file], warnings: [] } as const;
  const { instance } = (await readDicomHeader(file))!;
  const { sopClassUid, seriesInstanceUid, pixels } = instance;
  if (sopClassUid === DICOMDIR)
    return { kind: 'dicom', files: await sourcesOfFolder(dirname(path)), warnings: [] };
  if (pixels?.frames !== 1 || seriesInstanceUid === '') return alone;
  const files = await filesOfSeries(seriesInstanceUid, await filesOfFolder(dirname(path)));
  if (files.length < 2) return alone;
  const warnings = [
    `${basename(path)} is one slice of a series: the ${files.length} slices of it in ${dirname(path)} were read.`,
  ];
  return { kind: 'dicom', files, warnings };
}

/** The files of a series among others, and those that may be slices of it, but are damaged: then the reader is to say so. */
async function filesOfSeries(
  seriesInstanceUid: string,
  beside: readonly DiskFile[],
): Promise<readonly DiskFile[]> {
  const found: DiskFile[] = [];
  const others: DiskFile[] = [];
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
 * The file that a header names, if it lies in the header's own folder: a header that comes from elsewhere must
 * not lead to other files.
 */
async function fileBeside(path: string, name: string): Promise<DiskFile> {
  const folder = dirname(path);
  const refuse = (reason: string): never => {
    throw new UnsupportedError(
      `${path} keeps its voxels in ${JSON.stringify(name)}, ${reason}. lungseg reads them from a file in the same folder only.`,
    );
  };
  if (name !== basename(name) || /^\.*$|[/\\\0]/.test(name))
    refuse('which is not the name of a file beside it');
  const data = join(folder, name);
  const file = await sourceOfPath(data, data);
  if (dirname(await realpath(data)) !== (await realpath(folder))) refuse('a link that leads elsewhere');
  return file;
}
