import { UnsupportedError } from '@lungseg/core';
import { AIR_HU } from './air.js';
import type { DicomInstance } from './dicom-header.js';
import { decodeSeries } from './dicom-pixels.js';
import { otherUnitOf } from './dicom-unit.js';
import { assertHounsfield, assertNumbers, measuredRange } from './hounsfield.js';
import type { ReadCtOptions, ReadFilesOptions } from './read-options.js';

/** Options of looking at a series. */
export type LookOptions = ReadFilesOptions & Pick<ReadCtOptions, 'assumeHu'>;

/** Where slices are looked at, as shares of the way through the series: the middle first, then others where that is in doubt. */
const PLACES = [1 / 2, 1 / 4, 3 / 4, 0, 1];

/**
 * Decodes the middle slice of a series, to find out whether it can be decoded and be in HU. What makes one slice HU makes
 * the whole so; one that isn't doesn't speak for all, so that a few others are looked at, too.
 *
 * @param path what is looked at, for messages
 * @param sorted checked slices in ascending order
 * @throws UnsupportedError when their numbers are in another unit, none of those looked at can be in HU, or there is no codec
 * @throws ReadError when a slice is damaged
 */
export async function lookAtSlices(
  path: string,
  sorted: readonly DicomInstance[],
  { codecs = {}, signal, assumeHu = false }: LookOptions,
): Promise<void> {
  if (!assumeHu) assertNumbers(path, otherUnitOf(sorted));
  const places = new Set(PLACES.map((share) => Math.round(share * (sorted.length - 1))));
  let doubt: UnsupportedError | undefined;
  for (const k of places) {
    const slice = sorted[k]!;
    const volume = await decodeSeries([slice], codecs, signal);
    if (assumeHu) return;
    const range = measuredRange(volume.data, volume.padded > 0 ? AIR_HU : undefined);
    try {
      assertHounsfield(slice.name, volume, range);
      return;
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      doubt ??= error;
    }
  }
  if (doubt !== undefined) throw doubt;
}
