import { ReadError, UnsupportedError, type NamedBytes, type VolumeReader } from '@lungseg/core';
import { placeSlices } from './dicom-geometry.js';
import { looksLikeDicom, parseDicomHeader, type DicomInstance } from './dicom-header.js';
import { checkPixels, decodeSeries } from './dicom-pixels.js';
import { checkOneOrientation, chooseSeries, groupSeries, planeOf, reasonToPassOver } from './dicom-series.js';
import { sourceOfBytes, type FileSource } from './file-source.js';
import { volumeOfVoxels } from './placed-volume.js';
import type { ReadFilesOptions, ReadResult } from './read-options.js';

/** How many bytes {@link looksLikeDicom} needs. */
const MAGIC_BYTES = 132;

const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';

const NOT_DICOM = 'not DICOM';

/**
 * Reads the one CT series among files of DICOM, and checks its geometry itself. Compressed files need a codec, which
 * `readVolume` has.
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
    (await readDicom('The DICOM files', files.map(sourceOfBytes))).volume,
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
  const { instances, warnings } = await scan(path, sources, options);
  const groups = groupSeries(instances);
  const chosen = chooseSeries(path, groups, options.series);
  checkOneOrientation(chosen, groups);
  for (const group of groups) {
    if (group === chosen) continue;
    const label = group.description === '' ? group.seriesInstanceUid : `"${group.description}"`;
    warnings.push(`Passed over another series: ${label}, ${counted(group.instances.length, 'slice')}.`);
  }
  const plane = planeOf(chosen.axes[2]);
  if (plane !== 'axial') warnings.push(`The series is ${plane}, not axial.`);
  for (const instance of chosen.instances) checkPixels(instance, instance.pixels!);
  const { instances: sorted, geometry } = placeSlices(chosen);
  const unscaled = sorted.find(({ pixels }) => !pixels!.rescaled);
  if (unscaled !== undefined)
    warnings.push(`${unscaled.name} has no rescale slope and intercept: its numbers are taken as HU.`);
  const data = await decodeSeries(sorted, options.codecs ?? {}, options.signal);
  return {
    volume: volumeOfVoxels(path, data, geometry, options.kind),
    format: 'dicom',
    warnings,
    dicom: {
      modality: chosen.modality,
      seriesInstanceUid: chosen.seriesInstanceUid,
      seriesDescription: chosen.description,
      studyInstanceUid: chosen.studyInstanceUid,
      frameOfReferenceUid: sorted[0]!.frameOfReferenceUid,
      slices: sorted.map(({ name, sopClassUid, sopInstanceUid, position }) => ({
        name,
        sopClassUid,
        sopInstanceUid,
        position: position!,
      })),
      geometry,
      attributes: sorted[0]!.attributes,
    },
  };
}

interface Scan {
  readonly instances: DicomInstance[];
  readonly warnings: string[];
}

/** Reads the headers of all files, keeps those of CT slices and says what was passed over. */
async function scan(
  path: string,
  sources: readonly FileSource[],
  { signal }: ReadFilesOptions,
): Promise<Scan> {
  const instances: DicomInstance[] = [];
  const passedOver = new Map<string, string[]>();
  const passOver = (reason: string, name: string): void => {
    const names = passedOver.get(reason);
    if (names === undefined) passedOver.set(reason, [name]);
    else names.push(name);
  };
  let multiFrame = false;
  for (const source of sources) {
    signal?.throwIfAborted();
    if (!looksLikeDicom(await source.read(MAGIC_BYTES))) {
      passOver(NOT_DICOM, source.name);
      continue;
    }
    const instance = parseDicomHeader(source, await source.read());
    checkNotCut(instance);
    const reason = reasonToPassOver(instance);
    multiFrame ||= (instance.pixels?.frames ?? 1) > 1;
    if (reason === undefined) instances.push(instance);
    else passOver(reason, source.name);
  }
  checkNoneLost(instances, passedOver.get(NOT_DICOM) ?? [], sources);
  const warnings = [...passedOver].map(
    ([reason, names]) => `Passed over ${counted(names.length, 'file')} (${reason}): ${shortList(names)}.`,
  );
  if (instances.length === 0) throw noImages(path, sources, passedOver, multiFrame);
  return { instances, warnings };
}

/** A CT slice that ends before its pixels must not drop out as a file without an image. */
function checkNotCut({ name, sopClassUid, pixels }: DicomInstance): void {
  if (pixels !== undefined || (sopClassUid !== CT_IMAGE && sopClassUid !== '')) return;
  throw new ReadError(
    name,
    `${name} is a damaged DICOM file: it ends before its pixels. Copy or export it again.`,
  );
}

/** A file that is called like the slices, but isn't DICOM, may be a slice that was damaged. */
function checkNoneLost(
  instances: readonly DicomInstance[],
  notDicom: readonly string[],
  sources: readonly FileSource[],
): void {
  const endings = new Set(instances.map(({ name }) => endingOf(name)));
  const isSlice = (name: string): boolean =>
    endings.has(endingOf(name)) &&
    (endingOf(name) !== '' || sources.find((source) => source.name === name)!.size === 0);
  const lost = notDicom.find(isSlice);
  if (lost === undefined) return;
  throw new ReadError(
    lost,
    `${lost} is named like the slices beside it, but is not a DICOM file. Copy it again, or remove it if it isn't one of them.`,
  );
}

const endingOf = (name: string): string => /\.[^./]*$/.exec(name)?.[0].toLowerCase() ?? '';

function noImages(
  path: string,
  sources: readonly FileSource[],
  passedOver: ReadonlyMap<string, readonly string[]>,
  multiFrame: boolean,
): Error {
  const reasons = [...passedOver].map(([reason, names]) => `${names.length} ${reason}`).join(', ');
  if (
    multiFrame &&
    sources.length === passedOver.get('multi-frame, which lungseg does not read yet')?.length
  ) {
    return new UnsupportedError(
      `${path} is multi-frame DICOM, which lungseg doesn't read yet. Convert it to single-frame DICOM or NIfTI.`,
    );
  }
  if (sources.length === 0) {
    return new ReadError(path, `${path} has no DICOM images: it is empty. Give the folder of a CT series.`);
  }
  const kind = passedOver.size === 1 && passedOver.has(NOT_DICOM) ? 'DICOM images' : 'CT slices in DICOM';
  return new ReadError(
    path,
    `${path} has no ${kind}: of ${counted(sources.length, 'file')}, ${reasons}. Give the folder of a CT series, or one NIfTI, NRRD or MHA file.`,
  );
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
