import type { NamedBytes } from '@lungseg/core';
import type { FileSource } from './file-source.js';
import { nodeCodecs } from './node-codecs.js';
import { openPath, type OpenedPath } from './open-path.js';
import type { ReadOptions, ReadResult } from './read-options.js';
import { readManyFiles, readVolumeFromFiles } from './read-volume-from-files.js';

/**
 * Reads a volume from disk: a NIfTI (.nii, .nii.gz), NRRD or MetaImage (.mha, .mhd) file, a zip of DICOM, or a folder of
 * DICOM, nested or not. The format is told by content. In a folder, the axial CT series of most slices is read; one
 * slice of DICOM stands for its series in its folder.
 *
 * @param path a file or a folder
 * @param options which series, and a signal that stops the reading
 * @returns the volume in LPS, in HU for a CT; its format; what a user should know
 * @throws ReadError when it is missing, empty, damaged, 2-D, or a series has gaps or doubles
 * @throws UnsupportedError when the image is of a kind that lungseg doesn't read
 * @throws InvalidArgumentError when the series asked for isn't there
 * @example
 * const { volume, format, warnings } = await readVolume('scan.nii.gz');
 */
export async function readVolume(path: string, options: ReadOptions = {}): Promise<ReadResult> {
  options.signal?.throwIfAborted();
  return readOpened(path, await openPath(path), options);
}

/** Reads what a path leads to. */
export async function readOpened(
  path: string,
  opened: OpenedPath,
  options: ReadOptions,
): Promise<ReadResult> {
  const withCodecs = { ...options, codecs: nodeCodecs };
  if (opened.kind !== 'dicom') return readVolumeFromFiles(await bytesOf(opened.files), withCodecs);
  const result = await readManyFiles(path, opened.files, withCodecs);
  return { ...result, warnings: [...opened.warnings, ...result.warnings] };
}

/** The files' bytes, read one after the other. */
async function bytesOf(files: readonly FileSource[]): Promise<NamedBytes[]> {
  const read: NamedBytes[] = [];
  for (const file of files) read.push({ name: file.name, bytes: await file.read() });
  return read;
}
