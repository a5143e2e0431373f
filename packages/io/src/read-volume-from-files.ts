import { ReadError, type NamedBytes } from '@lungseg/core';
import { readDicom } from './dicom-reader.js';
import { type FileSource } from './file-source.js';
import { sourceOfInput, type InputFile } from './input-file.js';
import { formatOf } from './formats.js';
import { detachedDataOf, metaImageReader, readMetaImage } from './meta-image-reader.js';
import type { ReadFilesOptions, ReadResult } from './read-options.js';
import { isZip, sourcesOfZip } from './zip.js';

/**
 * Reads a volume from files of a browser, or from bytes wherever they come from: one NIfTI, NRRD, MHA or zip file, or the
 * files of DICOM.
 *
 * Uses nothing of Node, so that it works in a browser, too.
 *
 * @param input one file, or all files of a folder of DICOM; their names tell them apart in messages
 * @param options which series, and codecs for compressed DICOM
 * @returns the volume in LPS, HU as stored; its format; what a user should know
 * @throws ReadError when a file is damaged, or the series has gaps, doubles or tilt
 * @throws UnsupportedError when the image is of a kind that lungseg doesn't read
 * @throws InvalidArgumentError when the series asked for isn't there
 * @example
 * const { volume, warnings } = await readVolumeFromFiles([{ name: 'scan.nii.gz', bytes }]);
 */
export async function readVolumeFromFiles(
  input: readonly InputFile[],
  options: ReadFilesOptions = {},
): Promise<ReadResult> {
  options.signal?.throwIfAborted();
  const sources = input.map(sourceOfInput);
  const [only] = sources;
  if (only === undefined)
    throw new ReadError('', 'There is nothing to read: no files were given. Give at least one.');
  if (sources.length === 1) return readOneFile(await bytesOf(only), options);
  for (const source of sources.filter(mayBeMetaImage)) {
    const header = await bytesOf(source);
    const wanted = detachedDataOf(header);
    if (wanted !== undefined)
      return readMetaImage([header, await dataBeside(header.name, wanted, sources)], options);
  }
  return readManyFiles('The input', sources, options);
}

const bytesOf = async (source: FileSource): Promise<NamedBytes> => ({
  name: source.name,
  bytes: await source.read(),
});

const mayBeMetaImage = ({ name }: FileSource): boolean =>
  metaImageReader.extensions.some((extension) => name.toLowerCase().endsWith(extension));

/** The file of a MetaImage's voxels, by the name that its header gives. */
function dataBeside(header: string, wanted: string, sources: readonly FileSource[]): Promise<NamedBytes> {
  const found = sources.find(({ name }) => name.split(/[/\\]/).at(-1) === wanted);
  if (found !== undefined) return bytesOf(found);
  throw new ReadError(
    header,
    `${header} keeps its voxels in ${JSON.stringify(wanted)}, which is not among the files. Give both.`,
  );
}

/** Reads one file of any format. */
async function readOneFile(file: NamedBytes, options: ReadFilesOptions): Promise<ReadResult> {
  if (isZip(file.bytes)) return readManyFiles(file.name, sourcesOfZip(file), options);
  return formatOf(file).read(file, options);
}

/**
 * Reads the DICOM series among many files.
 *
 * @param path what holds the files, for messages
 */
export async function readManyFiles(
  path: string,
  sources: readonly FileSource[],
  options: ReadFilesOptions,
): Promise<ReadResult> {
  return readDicom(path, sources, options);
}
