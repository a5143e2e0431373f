import { InvalidArgumentError, ReadError, type Vec3 } from '@lungseg/core';
import type { DicomInstance } from './dicom-header.js';

/** Slices of one series that lie parallel: what may be one volume. */
export interface DicomSeries {
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly patientId: string;
  readonly description: string;
  readonly modality: string;
  /** The direction of i and of j, then that of i x j, in LPS. */
  readonly axes: readonly [Vec3, Vec3, Vec3];
  readonly instances: readonly DicomInstance[];
}

/** The class of CT slices; that of enhanced multi-frame CT goes on from it. */
export const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';

/** Classes of DICOM files without an image of their own; a class stands for those whose UID goes on from it, too. */
const WITHOUT_IMAGE: readonly (readonly [sopClassUid: string, name: string])[] = [
  ['1.2.840.10008.5.1.4.1.1.88.67', 'dose report'],
  ['1.2.840.10008.5.1.4.1.1.88', 'structured report'],
  ['1.2.840.10008.5.1.4.1.1.11', 'presentation state'],
  ['1.2.840.10008.5.1.4.1.1.104', 'document'],
  ['1.2.840.10008.5.1.4.1.1.481', 'radiotherapy object'],
  ['1.2.840.10008.1.3.10', 'DICOMDIR'],
];

/** Reasons of {@link reasonToPassOver} for what is an image, but none of the volume's slices. */
const SECONDARY_CAPTURE_REASON = 'secondary capture';
const LOCALIZER_REASON = 'localizer';

/** Whether a file of a series, passed over for this reason, may be one of its slices. */
export function mayBeSlice({ pixels }: DicomInstance, reason: string): boolean {
  return pixels !== undefined && reason !== SECONDARY_CAPTURE_REASON && reason !== LOCALIZER_REASON;
}

/** Two orientations are one where no component differs by more: what rounding to a few decimals does. */
const ORIENTATION_TOLERANCE = 2e-3;

/**
 * Why a DICOM file can't be a slice of a CT, in words for a user, or undefined where it can.
 */
export function reasonToPassOver({
  pixels,
  modality,
  imageType,
  sopClassUid,
  position,
  orientation,
  spacing,
}: DicomInstance): string | undefined {
  if (pixels === undefined) {
    const known = WITHOUT_IMAGE.find(([uid]) => isOfClass(sopClassUid, uid));
    return known === undefined ? 'without an image' : known[1];
  }
  if (isOfClass(sopClassUid, SECONDARY_CAPTURE)) return SECONDARY_CAPTURE_REASON;
  if (imageType.includes('LOCALIZER')) return LOCALIZER_REASON;
  if (modality !== 'CT') return modality === '' ? 'without a modality' : `modality ${modality}`;
  if (pixels.samplesPerPixel !== 1) return 'colour';
  if (position === undefined && pixels.frames !== 1) return 'several frames without a position for each';
  if (position === undefined || orientation === undefined || spacing === undefined)
    return 'without a position, an orientation or a spacing';
  return undefined;
}

/** Whether a class is this one, or one whose UID goes on from it. */
export const isOfClass = (sopClassUid: string, uid: string): boolean =>
  sopClassUid === uid || sopClassUid.startsWith(`${uid}.`);

/**
 * Sorts the slices of one series into groups of parallel slices.
 *
 * @throws ReadError when an orientation isn't two directions at right angles
 */
function groupSeries(instances: readonly DicomInstance[]): DicomSeries[] {
  const groups: (DicomSeries & { readonly instances: DicomInstance[] })[] = [];
  for (const instance of instances) {
    const orientation = instance.orientation!;
    const existing = groups.find(({ axes }) =>
      [...axes[0], ...axes[1]].every(
        (value, n) => Math.abs(value - orientation[n]!) <= ORIENTATION_TOLERANCE,
      ),
    );
    if (existing !== undefined) {
      existing.instances.push(instance);
      continue;
    }
    groups.push({
      seriesInstanceUid: instance.seriesInstanceUid,
      studyInstanceUid: instance.studyInstanceUid,
      patientId: instance.patientId,
      description: instance.seriesDescription,
      modality: instance.modality,
      axes: axesOf(instance.name, orientation),
      instances: [instance],
    });
  }
  return groups;
}

/** Slices of one series whose orientation makes no sense. */
export interface BrokenSeries {
  readonly seriesInstanceUid: string;
  readonly instances: readonly DicomInstance[];
  readonly error: Error;
}

/**
 * Sorts slices into series of parallel slices, by SeriesInstanceUID and orientation; those of most slices first. One
 * that is broken doesn't hide the others.
 *
 * @param instances slices that {@link reasonToPassOver} lets through
 */
export function groupEverySeries(instances: readonly DicomInstance[]): {
  groups: DicomSeries[];
  broken: BrokenSeries[];
} {
  const byUid = new Map<string, DicomInstance[]>();
  for (const instance of instances) {
    const same = byUid.get(instance.seriesInstanceUid);
    if (same === undefined) byUid.set(instance.seriesInstanceUid, [instance]);
    else same.push(instance);
  }
  const groups: DicomSeries[] = [];
  const broken: BrokenSeries[] = [];
  for (const [seriesInstanceUid, same] of byUid) {
    try {
      groups.push(...groupSeries(same));
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      broken.push({ seriesInstanceUid, instances: same, error });
    }
  }
  return { groups: groups.sort((a, b) => b.instances.length - a.instances.length), broken };
}

function axesOf(name: string, orientation: readonly number[]): [Vec3, Vec3, Vec3] {
  const rowLength = Math.hypot(...orientation.slice(0, 3));
  const columnLength = Math.hypot(...orientation.slice(3));
  const dot = [0, 1, 2].reduce((sum, n) => sum + orientation[n]! * orientation[n + 3]!, 0);
  if (!(Math.abs(rowLength - 1) < 1e-2 && Math.abs(columnLength - 1) < 1e-2 && Math.abs(dot) < 1e-3)) {
    throw new ReadError(
      name,
      `${name} is a damaged DICOM file: its orientation should be two directions at right angles. Received: ${orientation.join('\\')}. Export the series again.`,
    );
  }
  const i = orientation.slice(0, 3).map((value) => value / rowLength) as unknown as Vec3;
  // What rounding left of j along i is taken out, so that the axes are at right angles exactly.
  const raw = orientation.slice(3).map((value, n) => value / columnLength - dot * i[n]!);
  const j = raw.map((value) => value / Math.hypot(...raw)) as unknown as Vec3;
  const k: Vec3 = [i[1] * j[2] - i[2] * j[1], i[2] * j[0] - i[0] * j[2], i[0] * j[1] - i[1] * j[0]];
  return [i, j, k];
}

/** The plane that slices with this normal lie in, or nearest to; axial is across the body. */
export function planeOf(normal: Vec3): 'sagittal' | 'coronal' | 'axial' {
  return (['sagittal', 'coronal', 'axial'] as const)[nearestAxis(normal)]!;
}

/**
 * Picks the series to read: the one asked for, the only one, or the axial one of most slices where that is
 * unambiguous.
 *
 * @param path what was read, for messages
 * @param groups of {@link groupEverySeries}
 * @param wanted a SeriesInstanceUID
 * @throws InvalidArgumentError when the series asked for is not there
 * @throws ReadError when there is no series to choose, or more than one
 */
export function chooseSeries(path: string, groups: readonly DicomSeries[], wanted?: string): DicomSeries {
  if (wanted !== undefined) {
    const found = groups.find(({ seriesInstanceUid }) => seriesInstanceUid === wanted);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(
      `${path} has no CT series with the UID ${wanted}. It has:\n${listOf(groups)}`,
    );
  }
  if (groups.length === 1) return groups[0]!;
  const axial = groups.filter(({ axes }) => planeOf(axes[2]) === 'axial');
  const [first, second] = axial;
  if (first === undefined) {
    throw new ReadError(
      path,
      `${path} has no axial CT series. Pick one of its series by its UID, in the option series:\n${listOf(groups)}`,
    );
  }
  const severalStudies = axial.some(
    (group) => group.patientId !== first.patientId || group.studyInstanceUid !== first.studyInstanceUid,
  );
  if (second !== undefined && (severalStudies || second.instances.length === first.instances.length)) {
    throw new ReadError(
      path,
      `${path} has ${axial.length} axial CT series, and none is the obvious one. Pick one by its UID, in the option series:\n${listOf(axial)}`,
    );
  }
  return first;
}

/** One line a series. */
function listOf(groups: readonly DicomSeries[]): string {
  return groups
    .map(({ seriesInstanceUid, description, modality, instances, axes }) => {
      const { columns, rows } = instances[0]!.pixels!;
      const label = description === '' ? 'no description' : `"${description}"`;
      return `  ${seriesInstanceUid}  ${modality}, ${label}, ${planeOf(axes[2])}, ${columns} x ${rows} x ${instances.length}`;
    })
    .join('\n');
}

function nearestAxis(vector: Vec3): number {
  const magnitudes = vector.map(Math.abs);
  return magnitudes.indexOf(Math.max(...magnitudes));
}

/**
 * Makes sure that no slice of the series was left out for lying askew or in another plane: whoever made it one series
 * may have meant one volume.
 *
 * @throws ReadError when there is one; the text names a file
 */
export function checkOneOrientation(chosen: DicomSeries, groups: readonly DicomSeries[]): void {
  for (const other of groups) {
    if (other === chosen || other.seriesInstanceUid !== chosen.seriesInstanceUid) continue;
    const { name, orientation } = other.instances[0]!;
    throw new ReadError(
      name,
      `The series mixes orientations: ${name} has ${orientation!.join('\\')}, ${chosen.instances[0]!.name} has ${chosen.instances[0]!.orientation!.join('\\')}. Remove the slices that don't belong to it (${other.instances.length} of ${other.instances.length + chosen.instances.length} differ).`,
    );
  }
}
