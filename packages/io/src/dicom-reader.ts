import {
  InvalidArgumentError,
  ReadError,
  type NamedBytes,
  type VolumeReader,
  type VoxelArray,
} from '@lungseg/core';
import { AIR_HU } from './air.js';
import { checkComplete, checkNotContinued } from './dicom-completeness.js';
import { placeSlices, type PlacedSeries } from './dicom-geometry.js';
import { looksLikeDicom, type DicomInstance } from './dicom-header.js';
import { checkPixels, decodeSeries } from './dicom-pixels.js';
import { NOT_DICOM, scanDicom, type DamagedFile, type DicomScan, type PassedOver } from './dicom-scan.js';
import {
  checkOneOrientation,
  chooseSeries,
  groupEverySeries,
  planeOf,
  type DicomSeries,
} from './dicom-series.js';
import { otherUnitOf } from './dicom-unit.js';
import { sourceOfBytes, type FileSource } from './file-source.js';
import { metaImageReader } from './meta-image-reader.js';
import { niftiReader } from './nifti-reader.js';
import { nrrdReader } from './nrrd-reader.js';
import { measuredRange, outsideWarning, padWithAir } from './hounsfield.js';
import { usablePadding } from './hu-target.js';
import { volumeOfVoxels } from './placed-volume.js';
import type { DicomSource, ReadFilesOptions, ReadResult } from './read-options.js';
import { resampleSlices } from './slice-resampling.js';

/**
 * Reads the one CT series among files of DICOM, and checks its geometry itself. Files compressed by
 * JPEG-LS, JPEG 2000 or lossy JPEG need a codec, which `readVolume` has.
 *
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part10/chapter_7.html
 */
export const dicomReader = {
  id: 'dicom',
  extensions: ['.dcm'],
  /** Whether the first bytes are a DICOM file's. */
  sniff: looksLikeDicom,
  /** Reads the axial CT series of most slices; see {@link VolumeReader}. */
  read: async (files: readonly NamedBytes[]) =>
    (await readDicom('The DICOM input', files.map(sourceOfBytes))).volume,
} as const satisfies VolumeReader;

/**
 * As {@link dicomReader}, with options, from files that are read one at a time.
 *
 * @param path what was read, for messages
 */
export async function readDicom(
  path: string,
  sources: readonly FileSource[],
  options: ReadFilesOptions = {},
): Promise<ReadResult> {
  const scan = await scanDicom(sources, options.signal);
  const { instances, passedOver } = scan;
  const { groups, broken } = groupEverySeries(instances);
  checkNotDamaged([...scan.damaged, ...broken], options.series);
  if (instances.length === 0) throw noImages(path, sources, passedOver);
  if (options.series !== undefined) checkNotPassedOver(path, options.series, groups, passedOver);
  const chosen = chooseSeries(path, groups, options.series);
  checkOneOrientation(chosen, groups);
  checkComplete(chosen, passedOver);
  for (const instance of chosen.instances) checkPixels(instance, instance.pixels!);
  const placed = placeSlices(chosen, options.allowGaps);
  checkNotContinued(placed.instances, groups);
  const { data, padded } = await decodeSeries(placed.instances, options.codecs ?? {}, options.signal);
  const { resampling } = placed;
  // Air that is put in says nothing about whether the rest is in HU.
  const measured = padded > 0 || resampling !== undefined ? { measuredRange: rangeOf(data, padded) } : {};
  // Between a scanner's mark and tissue, interpolation would make numbers that look measured.
  const outside = resampling === undefined ? 0 : padWithAir(data);
  const otherNumbers = otherUnitOf(placed.instances);
  const warnings = [
    ...passedOverWarnings(scan),
    ...otherSeriesWarnings(chosen, groups),
    ...seriesWarnings(chosen, placed.instances),
    ...paddingWarnings(placed.instances, padded, data),
    ...(outside > 0 ? [outsideWarning(outside, data.length)] : []),
    ...placed.warnings,
  ];
  const voxels = resampling === undefined ? data : resampleSlices(data, resampling);
  return {
    volume: volumeOfVoxels(path, voxels, placed.geometry, options.kind),
    format: 'dicom',
    warnings,
    dicom: sourceOf(chosen, placed),
    ...measured,
    ...(otherNumbers === undefined ? {} : { otherNumbers }),
  };
}

/** The range of what was measured, where padding is air by now. */
const rangeOf = (data: VoxelArray, padded: number): [number, number] =>
  measuredRange(data, padded > 0 ? AIR_HU : undefined);

function sourceOf(chosen: DicomSeries, placed: PlacedSeries): DicomSource {
  const { instances: sorted, geometry, resampling } = placed;
  return {
    modality: chosen.modality,
    seriesInstanceUid: chosen.seriesInstanceUid,
    seriesDescription: chosen.description,
    studyInstanceUid: chosen.studyInstanceUid,
    frameOfReferenceUid: sorted[0]!.frameOfReferenceUid,
    slices: sorted.map(({ name, sopClassUid, sopInstanceUid, frame, pixels, position }) => ({
      name,
      ...(pixels!.frames > 1 ? { frame } : {}),
      sopClassUid,
      sopInstanceUid,
      position: position!,
    })),
    isResampled: resampling !== undefined,
    geometry,
    attributes: sorted[0]!.attributes,
  };
}

/** A damaged file, or series, is refused unless it belongs to another series than the one asked for. */
function checkNotDamaged(
  damaged: readonly Pick<DamagedFile, 'seriesInstanceUid' | 'error'>[],
  wanted: string | undefined,
): void {
  const relevant = damaged.find(
    ({ seriesInstanceUid }) =>
      wanted === undefined || seriesInstanceUid === '' || seriesInstanceUid === wanted,
  );
  if (relevant !== undefined) throw relevant.error;
}

/** Says why the series that a user asked for isn't read. */
function checkNotPassedOver(
  path: string,
  wanted: string,
  groups: readonly DicomSeries[],
  passedOver: readonly PassedOver[],
): void {
  if (groups.some(({ seriesInstanceUid }) => seriesInstanceUid === wanted)) return;
  const found = passedOver.find(({ instance }) => instance?.seriesInstanceUid === wanted);
  if (found === undefined) return;
  throw new InvalidArgumentError(
    `${path} has the series ${wanted}, but it is no CT that lungseg reads: ${found.reason}. Pick another series.`,
  );
}

function passedOverWarnings({ passedOver, damaged }: DicomScan): string[] {
  const byReason = new Map<string, string[]>();
  const add = (reason: string, name: string): void => {
    const names = byReason.get(reason);
    if (names === undefined) byReason.set(reason, [name]);
    else names.push(name);
  };
  for (const { reason, name } of passedOver) add(reason, name);
  for (const { name } of damaged) add('damaged, of another series', name);
  return [...byReason].map(
    ([reason, names]) => `Passed over ${counted(names.length, 'file')} (${reason}): ${shortList(names)}.`,
  );
}

function otherSeriesWarnings(chosen: DicomSeries, groups: readonly DicomSeries[]): string[] {
  return groups
    .filter((group) => group !== chosen)
    .map(({ description, seriesInstanceUid, instances }) => {
      const label = description === '' ? seriesInstanceUid : `"${description}"`;
      return `Passed over another series: ${label}, ${counted(instances.length, 'slice')}.`;
    });
}

function seriesWarnings(chosen: DicomSeries, sorted: readonly DicomInstance[]): string[] {
  const warnings: string[] = [];
  const plane = planeOf(chosen.axes[2]);
  if (plane !== 'axial') warnings.push(`The series is ${plane}, not axial.`);
  const unscaled = sorted.find(({ pixels }) => !pixels!.rescaled);
  if (unscaled !== undefined)
    warnings.push(`${unscaled.name} has no rescale slope and intercept: its numbers are taken as HU.`);
  const other = otherUnitOf(sorted);
  if (other !== undefined) warnings.push(`${other.name} says that ${other.meaning}: they are taken as HU.`);
  return warnings;
}

function paddingWarnings(sorted: readonly DicomInstance[], padded: number, data: VoxelArray): string[] {
  const warnings: string[] = [];
  if (padded > 0)
    warnings.push(
      `${padded} of ${data.length} voxels hold the scanner's padding value: they were made air, ${AIR_HU} HU.`,
    );
  const odd = sorted.find(
    ({ pixels }) => pixels!.padding !== undefined && pixels!.rescaled && usablePadding(pixels!) === undefined,
  );
  if (odd !== undefined) {
    const { padding, slope, intercept } = odd.pixels!;
    const hu = padding!.map((number) => number * slope + intercept);
    warnings.push(
      `${odd.name} says that ${[...new Set(hu)].join(' to ')} HU is padding, which a body has, too: it was left as it is.`,
    );
  }
  return warnings;
}

function noImages(path: string, sources: readonly FileSource[], passedOver: readonly PassedOver[]): Error {
  const counts = new Map<string, number>();
  for (const { reason } of passedOver) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).join(', ');
  if (sources.length === 0) {
    return new ReadError(path, `${path} has no DICOM images: it is empty. Give the folder of a CT series.`);
  }
  const images = passedOver
    .filter(({ reason }) => reason === NOT_DICOM)
    .map(({ name }) => name)
    .filter(isImageName);
  const kind = counts.size === 1 && counts.has(NOT_DICOM) ? 'DICOM images' : 'CT slices in DICOM';
  return new ReadError(
    path,
    `${path} has no ${kind}: of ${counted(sources.length, 'file')}, ${reasons}. ${adviceFor(path, images)}`,
  );
}

const IMAGE_EXTENSIONS: readonly string[] = [niftiReader, nrrdReader, metaImageReader].flatMap(
  ({ extensions }) => extensions,
);

const isImageName = (name: string): boolean =>
  IMAGE_EXTENSIONS.some((extension) => name.toLowerCase().endsWith(extension));

/** What to give instead of what holds no DICOM, but perhaps an image of another format. */
function adviceFor(path: string, [image, ...others]: readonly string[]): string {
  if (image === undefined) return 'Give the folder of a CT series, or one NIfTI, NRRD or MHA file.';
  const isOnlyOne = others.length === 0;
  if (/\.zip$/i.test(path))
    return `Unpack ${image}${isOnlyOne ? '' : ', or another image of it'}, and give that.`;
  const place = /[/\\]/.test(path) ? `${path.replace(/[/\\]+$/, '')}/${image}` : image;
  return isOnlyOne ? `Give ${place} itself.` : `Give one image itself, for instance ${place}.`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
