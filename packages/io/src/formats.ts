import { ReadError, UnsupportedError, type NamedBytes, type VolumeReader } from '@lungseg/core';
import { dicomReader, readDicom } from './dicom-reader.js';
import { beginningOf, sourceOfBytes } from './file-source.js';
import { metaImageReader, readMetaImage } from './meta-image-reader.js';
import { niftiReader, readNifti } from './nifti-reader.js';
import { nrrdReader, readNrrd } from './nrrd-reader.js';
import type { ReadFilesOptions, ReadResult } from './read-options.js';

interface Format {
  readonly reader: VolumeReader;
  /** The reader's `read`, with options and what is worth a warning. */
  readonly read: (file: NamedBytes, options: ReadFilesOptions) => Promise<ReadResult>;
}

/** The formats of single files, in the order in which content is tried. */
const FORMATS = [
  { reader: niftiReader, read: (file, options) => readNifti([file], options) },
  { reader: nrrdReader, read: (file, options) => readNrrd([file], options) },
  { reader: metaImageReader, read: (file, options) => readMetaImage([file], options) },
  { reader: dicomReader, read: (file, options) => readDicom(file.name, [sourceOfBytes(file)], options) },
] as const satisfies readonly Format[];

/** All readers, in the order in which content is tried. */
export const readers: readonly VolumeReader[] = FORMATS.map(({ reader }) => reader);

/** Formats that keep header and voxels in two files. */
const DETACHED: Readonly<Record<string, string>> = {
  '.nhdr': '.nrrd',
  '.hdr': '.nii.gz',
  '.img': '.nii.gz',
};

/**
 * The format of a file: by its first bytes, else by its name.
 *
 * @throws UnsupportedError for formats of two files
 * @throws ReadError when the file is empty or of no known format
 */
export function formatOf({ name, bytes }: NamedBytes): Format {
  if (bytes.byteLength === 0)
    throw new ReadError(name, `${name} is empty: it has 0 bytes. Copy or download it again.`);
  const lower = name.toLowerCase();
  const detached = Object.entries(DETACHED).find(([extension]) => lower.endsWith(extension));
  if (detached !== undefined) {
    throw new UnsupportedError(
      `${name} is one of two files, ${detached[0]} and its data, which lungseg doesn't read. Convert it to one ${detached[1]} file.`,
    );
  }
  const formats: readonly Format[] = FORMATS;
  const found =
    formats.find(({ reader }) => reader.sniff(bytes)) ??
    formats.find(({ reader }) => reader.extensions.some((extension) => lower.endsWith(extension)));
  if (found === undefined) {
    const known = formats.flatMap(({ reader }) => reader.extensions).join(', ');
    throw new ReadError(
      name,
      `${name} is none of the formats that lungseg reads: it begins with ${beginningOf(bytes)}. Give one of ${known}, a folder or a .zip of DICOM.`,
    );
  }
  return found;
}
