import { ReadError } from '@lungseg/core';
import type { DicomInstance } from './dicom-header.js';
import type { PassedOver } from './dicom-scan.js';
import { mayBeSlice, type DicomSeries } from './dicom-series.js';

/**
 * Checks that no slice of a series is left out because it doesn't say where it lies or that it is a CT, which at either
 * end of the series would show no gap, and that its slices are of one patient and one frame of reference, and agree on
 * whether their numbers are rescaled.
 *
 * @param passedOver what was left out among the files
 * @throws ReadError when a slice lacks its place or its rescale, or is of another patient or frame of reference
 */
export function checkComplete(series: DicomSeries, passedOver: readonly PassedOver[]): void {
  const { seriesInstanceUid, instances } = series;
  const lost = passedOver.find(
    ({ instance, reason }) =>
      instance?.seriesInstanceUid === seriesInstanceUid && mayBeSlice(instance, reason),
  );
  if (lost !== undefined) {
    throw new ReadError(
      lost.name,
      `${lost.name} is of the series, but can't be read as a slice of it (${lost.reason}): the image would lack a slice. Export the series again, or remove the file if it is no slice of it.`,
    );
  }
  checkOneSpace(instances);
  const unscaled = instances.find(({ pixels }) => !pixels!.rescaled);
  const scaled = instances.find(({ pixels }) => pixels!.rescaled);
  if (unscaled === undefined || scaled === undefined) return;
  throw new ReadError(
    unscaled.name,
    `${unscaled.name} has no rescale slope and intercept, which ${scaled.name} of the same series has: its numbers would be taken for HU. Export the series again.`,
  );
}

/** How far a slice may lie from where the next one would, as a share of the step between slices. */
const NEXT_TOLERANCE_SHARE = 0.1;

/**
 * Checks that no slice that alone is of another series lies right where the next one of this series would: its UID may be
 * what is damaged, and at an end of the series it would leave no gap.
 *
 * @param sorted the slices of the series in ascending order, two or more
 * @param groups every series that was found
 * @throws ReadError when there is one; the text names the file
 */
export function checkNotContinued(sorted: readonly DicomInstance[], groups: readonly DicomSeries[]): void {
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  const step = last.position!.map((p, n) => (p - first.position![n]!) / (sorted.length - 1));
  const tolerance = NEXT_TOLERANCE_SHARE * Math.hypot(...step);
  const isNext = ({ position }: DicomInstance, { position: end }: DicomInstance, sign: number): boolean =>
    Math.hypot(...position!.map((p, n) => p - end![n]! - sign * step[n]!)) <= tolerance;
  const found = groups
    .filter(({ instances }) => instances.length === 1)
    .map(({ instances }) => instances[0]!)
    .find((one) => hasFormOf(one, first) && (isNext(one, last, 1) || isNext(one, first, -1)));
  if (found === undefined) return;
  throw new ReadError(
    found.name,
    `${found.name} lies where the next slice of the series would, but says that it is of another series: the image may lack a slice. Export the series again, or remove the file if it is no slice of it.`,
  );
}

/** Whether a slice is of the patient, the frame of reference, the size and the orientation of another, and of another series. */
function hasFormOf(one: DicomInstance, other: DicomInstance): boolean {
  const formOf = ({ patientId, frameOfReferenceUid, pixels, spacing, orientation }: DicomInstance): string =>
    JSON.stringify([patientId, frameOfReferenceUid, pixels!.rows, pixels!.columns, spacing, orientation]);
  return one.seriesInstanceUid !== other.seriesInstanceUid && formOf(one) === formOf(other);
}

/** Checks that all slices are of one patient and measured in one frame of reference; who it is isn't said. */
function checkOneSpace(instances: readonly DicomInstance[]): void {
  const [first] = instances;
  const same = [
    ['patients', ({ patientId }: DicomInstance) => patientId],
    ['frames of reference', ({ frameOfReferenceUid }: DicomInstance) => frameOfReferenceUid],
  ] as const;
  for (const [what, of] of same) {
    const other = instances.find((instance) => of(instance) !== of(first!));
    if (other === undefined) continue;
    throw new ReadError(
      other.name,
      `The series mixes ${what}: ${other.name} has another than ${first!.name}. Remove the slices that don't belong to it.`,
    );
  }
}
