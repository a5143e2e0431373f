import { listDicomSeries, type SeriesList } from './dicom-series-list.js';
import { openPath } from './open-path.js';
import type { ReadOptions } from './read-options.js';
import { readOpened } from './read-volume.js';

/**
 * Lists what can be read at a path, and what can't and why: the series of a folder or zip of DICOM, nested or not, by
 * their headers alone; or the one image of another format.
 *
 * @param path a file or a folder
 * @param options a signal that stops it; a series, which then is the default; whether gaps are allowed
 * @throws ReadError when the path leads nowhere, or to a damaged file of another format than DICOM
 * @example
 * const { series } = await listSeries('export');
 * const ct = series.find(({ isDefault }) => isDefault);
 */
export async function listSeries(path: string, options: ReadOptions = {}): Promise<SeriesList> {
  options.signal?.throwIfAborted();
  const opened = await openPath(path);
  if (opened.kind === 'sources') return listDicomSeries(path, opened.sources, options);
  const { volume, format, warnings } = await readOpened(path, opened, options);
  const { size, spacing } = volume.geometry;
  const texts = {
    seriesInstanceUid: '',
    studyInstanceUid: '',
    patientId: '',
    modality: '',
    description: '',
    folder: '',
  };
  const remark = 'one image';
  return {
    series: [{ format, ...texts, slices: size[2], size, spacing, isSuitable: true, isDefault: true, remark }],
    notes: warnings,
  };
}
