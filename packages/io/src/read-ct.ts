import { assertHounsfield, assertNumbers, cleanPadding, outsideWarning } from './hounsfield.js';
import type { ReadCtOptions, ReadResult } from './read-options.js';
import { readVolume } from './read-volume.js';

/**
 * Reads a CT from disk, as {@link readVolume} does, in numbers that are HU: what lies outside of the scanner's circle
 * becomes air, and an image that can't be in HU, or says that it isn't, is refused.
 *
 * @param path a file or a folder
 * @param options which series, and what to let pass
 * @returns as {@link readVolume}
 * @throws UnsupportedError when the numbers can't be HU, or are in another unit; the text says why
 * @throws ReadError and InvalidArgumentError as {@link readVolume} does
 * @example
 * const { volume, warnings } = await readCt('patient/ct', { allowGaps: true });
 */
export async function readCt(path: string, options: ReadCtOptions = {}): Promise<ReadResult> {
  const result = await readVolume(path, options);
  if (options.assumeHu !== true) {
    assertNumbers(path, result.otherNumbers);
    assertHounsfield(path, result.volume, result.measuredRange);
  }
  const { volume, replaced } = cleanPadding(result.volume);
  if (replaced === 0) return result;
  const warning = outsideWarning(replaced, volume.data.length);
  return { ...result, volume, warnings: [...result.warnings, warning] };
}
