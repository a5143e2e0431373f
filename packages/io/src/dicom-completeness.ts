import { ReadError } from '@lungseg/core';
import type { PassedOver } from './dicom-scan.js';
import { WITHOUT_PLACE, type DicomSeries } from './dicom-series.js';

/**
 * Checks that no slice of a series is left out because it doesn't say where it lies, which at either end of the series
 * would show no gap, and that its slices agree on whether their numbers are rescaled.
 *
 * @param passedOver what was left out among the files
 * @throws ReadError when a slice lacks its place, or its rescale
 */
export function checkComplete(series: DicomSeries, passedOver: readonly PassedOver[]): void {
  const { seriesInstanceUid, instances } = series;
  const lost = passedOver.find(
    ({ instance, reason }) =>
      instance?.seriesInstanceUid === seriesInstanceUid && WITHOUT_PLACE.includes(reason),
  );
  if (lost !== undefined) {
    throw new ReadError(
      lost.name,
      `${lost.name} is of the series, but doesn't say where it lies (${lost.reason}): the image would lack a slice. Export the series again, or remove the file if it is no slice of it.`,
    );
  }
  const unscaled = instances.find(({ pixels }) => !pixels!.rescaled);
  const scaled = instances.find(({ pixels }) => pixels!.rescaled);
  if (unscaled === undefined || scaled === undefined) return;
  throw new ReadError(
    unscaled.name,
    `${unscaled.name} has no rescale slope and intercept, which ${scaled.name} of the same series has: its numbers would be taken for HU. Export the series again.`,
  );
}
