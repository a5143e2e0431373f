import { stat } from 'node:fs/promises';
import { ReadError } from '@lungseg/core';
import { nodeCodecs } from './node-codecs.js';
import { sourceOfPath, sourcesOfFolder } from './node-files.js';
import type { ReadOptions, ReadResult } from './read-options.js';
import { readManyFiles, readOneFile } from './read-volume-from-files.js';

/**
 * Reads a volume from disk: a NIfTI (.nii, .nii.gz), NRRD or MHA file, a zip of DICOM, or a folder of DICOM, nested or
 * not. The format is told by content. In a folder, the axial CT series of most slices is read.
 *
 * @param path a file or a folder
 * @param options which series, and a signal that stops the reading
 * @returns the volume in LPS, in HU for a CT; its format; what a user should know
 * @throws ReadError when it is missing, empty, damaged, 2-D, or a series has gaps, doubles or tilt
 * @throws UnsupportedError when the image is of a kind that lungseg doesn't read
 * @throws InvalidArgumentError when the series asked for isn't there
 * @example
 * const { volume, format, warnings } = await readVolume('scan.nii.gz');
 */
export async function readVolume(path: string, options: ReadOptions = {}): Promise<ReadResult> {
  options.signal?.throwIfAborted();
  const withCodecs = { ...options, codecs: nodeCodecs };
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    (cause: unknown) => {
      const { code = '', message } = cause as NodeJS.ErrnoException;
      const missing = ['ENOENT', 'ENOTDIR'].includes(code);
      throw new ReadError(
        path,
        missing ? `No such file or folder: ${path}` : `${path} can't be read: ${message}.`,
        { cause },
      );
    },
  );
  if (isFolder) return readManyFiles(path, await sourcesOfFolder(path), withCodecs);
  const source = await sourceOfPath(path, path);
  return readOneFile({ name: path, bytes: await source.read() }, withCodecs);
}
