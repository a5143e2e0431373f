import { isLungsegError } from '@lungseg/core';
import { listDicomSeries, type SeriesList } from './dicom-series-list.js';
import type { FileSource } from './file-source.js';
import { assertHounsfield, assertNumbers } from './hounsfield.js';
import { nodeCodecs } from './node-codecs.js';
import { openPath, type OpenedPath } from './open-path.js';
import type { ReadCtOptions, ReadResult } from './read-options.js';
import { readOpened } from './read-volume.js';
import { sourcesOfZip } from './zip.js';

/**
 * Lists what can be read at a path, and what can't and why: the series of a folder or zip of DICOM, nested or not, by
 * their headers and one slice of each; or the one image of another format.
 *
 * @param path a file or a folder
 * @param options a signal that stops it; a series, which then is the default; whether gaps are allowed, and numbers HU
 * @throws ReadError when the path leads nowhere, or to a damaged file of another format than DICOM
 * @example
 * const { series } = await listSeries('export');
 * const ct = series.find(({ isDefault }) => isDefault);
 */
export async function listSeries(path: string, options: ReadCtOptions = {}): Promise<SeriesList> {
  options.signal?.throwIfAborted();
  const opened = await openPath(path);
  const sources = await dicomSourcesOf(opened);
  if (sources !== undefined) return listDicomSeries(path, sources, { ...options, codecs: nodeCodecs });
  const read = await readOpened(path, opened, options);
  const { volume, format, warnings } = read;
  const { size, spacing } = volume.geometry;
  const texts = {
    seriesInstanceUid: '',
    studyInstanceUid: '',
    patientId: '',
    modality: '',
    description: '',
    folder: '',
  };
  const reason = options.assumeHu === true ? undefined : reasonAgainst(path, read);
  const isSuitable = reason === undefined;
  const remark = reason ?? 'one image';
  const image = {
    format,
    ...texts,
    slices: size[2],
    size,
    spacing,
    isSuitable,
    isDefault: isSuitable,
    remark,
  };
  return { series: [image], notes: warnings };
}

/** The files that may be DICOM, those of a zip as well; undefined for an image of another format. */
async function dicomSourcesOf(opened: OpenedPath): Promise<readonly FileSource[] | undefined> {
  if (opened.kind === 'image') return undefined;
  if (opened.kind === 'dicom') return opened.files;
  const [zip] = opened.files;
  return sourcesOfZip({ name: zip.name, bytes: await zip.read() });
}

/** Why an image can't be in HU. */
function reasonAgainst(path: string, { volume, otherNumbers }: ReadResult): string | undefined {
  try {
    assertNumbers(path, otherNumbers);
    assertHounsfield(path, volume);
    return undefined;
  } catch (error) {
    if (!isLungsegError(error)) throw error;
    return error.message;
  }
}
