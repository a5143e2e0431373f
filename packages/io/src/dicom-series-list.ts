import { isLungsegError, type Vec3 } from '@lungseg/core';
import { checkComplete, checkNotContinued } from './dicom-completeness.js';
import { placeSlices } from './dicom-geometry.js';
import type { DicomInstance } from './dicom-header.js';
import { checkPixels } from './dicom-pixels.js';
import { scanDicom, type DicomScan } from './dicom-scan.js';
import {
  checkOneOrientation,
  chooseSeries,
  groupEverySeries,
  planeOf,
  type DicomSeries,
} from './dicom-series.js';
import type { FileSource } from './file-source.js';
import { lookAtSlices, type LookOptions } from './look-at-slices.js';
import type { FormatId } from './read-options.js';

/** One series, as a list shows it. */
export interface SeriesSummary {
  readonly format: FormatId;
  /** Empty for formats other than DICOM, as are all texts that follow. */
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly patientId: string;
  readonly modality: string;
  readonly description: string;
  /** Where its first file lies, from what was listed on; empty for that itself. */
  readonly folder: string;
  /** How many slices, or files where they are no slices. */
  readonly slices: number;
  /** Voxels along i, j, k, where they make a grid. */
  readonly size?: Vec3;
  /** In mm. */
  readonly spacing?: Vec3;
  /** Whether lungseg can read it. */
  readonly isSuitable: boolean;
  /** Whether it is read where no series is asked for. */
  readonly isDefault: boolean;
  /** Why it is suitable, or why not. */
  readonly remark: string;
}

/** What {@link listSeries} finds. */
export interface SeriesList {
  /** Those that can be read first, the one of most slices at the top. */
  readonly series: readonly SeriesSummary[];
  /** Files that belong to none, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Lists the series among files of DICOM by their headers, and by the pixels of one slice of those that look suitable.
 *
 * @param path what is listed, for messages
 */
export async function listDicomSeries(
  path: string,
  sources: readonly FileSource[],
  options: LookOptions = {},
): Promise<SeriesList> {
  const scan = await scanDicom(sources, options.signal);
  const { groups, broken } = groupEverySeries(scan.instances);
  const chosen = attempt(() => chooseSeries(path, groups, options.series));
  const summaries: SeriesSummary[] = [];
  for (const group of groups) {
    const summary = await summarise(path, group, groups, scan, options);
    summaries.push({ ...summary, isDefault: summary.isSuitable && group === chosen });
  }
  const series = [
    ...summaries,
    ...broken.map(({ instances, error }) => ({ ...identity(instances), remark: error.message })),
    ...passedOverSeries(scan),
    ...damagedSeries(scan, groups),
  ];
  return { series: series.sort(bySuitability), notes: notesOn(scan) };
}

const bySuitability = (a: SeriesSummary, b: SeriesSummary): number =>
  Number(b.isSuitable) - Number(a.isSuitable) ||
  b.slices - a.slices ||
  (a.seriesInstanceUid < b.seriesInstanceUid ? -1 : 1);

function identity(instances: readonly DicomInstance[]): Omit<SeriesSummary, 'remark'> {
  const { source, seriesInstanceUid, studyInstanceUid, patientId, modality, seriesDescription } =
    instances[0]!;
  return {
    format: 'dicom',
    seriesInstanceUid,
    studyInstanceUid,
    patientId,
    modality,
    description: seriesDescription,
    folder: source.name.split('/').slice(0, -1).join('/'),
    slices: instances.length,
    isSuitable: false,
    isDefault: false,
  };
}

async function summarise(
  path: string,
  group: DicomSeries,
  groups: readonly DicomSeries[],
  { damaged, passedOver }: DicomScan,
  options: LookOptions,
): Promise<SeriesSummary> {
  let base = identity(group.instances);
  const lost = damaged.find(({ seriesInstanceUid }) => seriesInstanceUid === group.seriesInstanceUid);
  try {
    if (lost !== undefined) throw lost.error;
    checkOneOrientation(group, groups);
    checkComplete(group, passedOver);
    for (const instance of group.instances) checkPixels(instance, instance.pixels!);
    const { geometry, instances, warnings } = placeSlices(group, options.allowGaps);
    checkNotContinued(instances, groups);
    const { size, spacing } = geometry;
    base = { ...base, size, spacing };
    await lookAtSlices(path, instances, options);
    const remark = [`${planeOf(group.axes[2])} CT`, ...warnings].join('. ');
    return { ...base, isSuitable: true, remark };
  } catch (error) {
    return { ...base, remark: textOf(error) };
  }
}

function passedOverSeries({ passedOver }: DicomScan): SeriesSummary[] {
  const groups = new Map<string, { reason: string; instances: DicomInstance[] }>();
  for (const { reason, instance } of passedOver) {
    if (instance === undefined) continue;
    const key = JSON.stringify([instance.seriesInstanceUid, reason]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { reason, instances: [instance] });
    else group.instances.push(instance);
  }
  return [...groups.values()].map(({ reason, instances }) => ({ ...identity(instances), remark: reason }));
}

/** Series of which nothing but damaged files is known. */
function damagedSeries({ damaged, passedOver }: DicomScan, groups: readonly DicomSeries[]): SeriesSummary[] {
  const known = new Set([
    ...groups.map(({ seriesInstanceUid }) => seriesInstanceUid),
    ...passedOver.map(({ instance }) => instance?.seriesInstanceUid),
  ]);
  const unknown = damaged.filter(
    ({ seriesInstanceUid }) => seriesInstanceUid !== '' && !known.has(seriesInstanceUid),
  );
  const uids = [...new Set(unknown.map(({ seriesInstanceUid }) => seriesInstanceUid))];
  return uids.map((uid) => {
    const same = unknown.filter(({ seriesInstanceUid }) => seriesInstanceUid === uid);
    return {
      format: 'dicom',
      seriesInstanceUid: uid,
      studyInstanceUid: '',
      patientId: '',
      modality: '',
      description: '',
      folder: same[0]!.name.split('/').slice(0, -1).join('/'),
      slices: same.length,
      isSuitable: false,
      isDefault: false,
      remark: same[0]!.error.message,
    };
  });
}

function notesOn({ passedOver, damaged }: DicomScan): string[] {
  const others = passedOver.filter(({ instance }) => instance === undefined).map(({ name }) => name);
  const notes = damaged.filter(({ seriesInstanceUid }) => seriesInstanceUid === '');
  return [...(others.length === 0 ? [] : [notDicom(others)]), ...notes.map(({ error }) => error.message)];
}

function notDicom(names: readonly string[]): string {
  const verb = names.length === 1 ? 'file is' : 'files are';
  return `${names.length} ${verb} not DICOM: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' and others' : ''}.`;
}

const textOf = (error: unknown): string => {
  if (isLungsegError(error)) return error.message;
  throw error;
};

/** What a function gives, or undefined where it throws one of our errors. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    textOf(error);
    return undefined;
  }
}
