import { InvalidArgumentError, type Volume } from '@lungseg/core';
import { assertSameGrid } from './confusion-counts.js';
import { Histogram } from './histogram.js';

/** Options of {@link intensityHistogram}. */
export interface IntensityHistogramOptions {
  /** The first bin's lower end, a whole number in the image's unit. */
  readonly low: number;
  /** The last bin's upper end, which it doesn't hold. */
  readonly high: number;
  /** Width of each bin, a whole number. */
  readonly binWidth: number;
}

/**
 * Counts the voxels of a label by their intensity, rounded to whole numbers. What lies below `low`, or at `high` and
 * above, isn't counted.
 *
 * @param image intensities, in HU for a CT
 * @param labelMap label map of the same grid
 * @param label which voxels
 * @param options the bins
 * @returns the number of voxels in each bin, lowest first; the last bin is narrower where the width doesn't fit
 * @throws ShapeError when the grids differ
 * @throws InvalidArgumentError when the bins are not of whole numbers, or there is none
 * @example
 * intensityHistogram(ct, lungs, 1, { low: -1024, high: 200, binWidth: 16 });
 */
export function intensityHistogram(
  image: Volume,
  labelMap: Volume,
  label: number,
  options: IntensityHistogramOptions,
): number[] {
  assertSameGrid(image, labelMap, 'image', 'label map');
  const { low, high, binWidth } = options;
  if (![low, high, binWidth].every(Number.isInteger) || binWidth < 1 || high <= low) {
    throw new InvalidArgumentError(
      `low, high and binWidth must be whole numbers with low < high and a width of 1 or more. Received: ${low}, ${high}, ${binWidth}.`,
    );
  }
  const histogram = new Histogram();
  for (let n = 0; n < labelMap.data.length; n++) {
    if (labelMap.data[n] === label) histogram.add(image.data[n]!);
  }
  return Array.from({ length: Math.ceil((high - low) / binWidth) }, (_, bin) => {
    const from = low + bin * binWidth;
    return histogram.countBetween(from, Math.min(from + binWidth, high));
  });
}
