import { UnsupportedError, type Volume, type VoxelArray } from '@lungseg/core';
import { AIR_HU } from './air.js';
import type { OtherNumbers } from './read-options.js';

/** Lower than any noise in air: a scanner's mark for where it measured nothing, often -2000 or -3024. */
const PADDING_BELOW_HU = -1500;

/** A CT spans thousands of HU; a normalised image, whatever its scale, far fewer than this. */
const LEAST_SPAN_HU = 50;

/** A CT without what {@link cleanPadding} took out. */
export interface CleanVolume {
  readonly volume: Volume;
  /** How many voxels were made air. */
  readonly replaced: number;
}

/**
 * Makes air of what lies outside of the scanner's circle: voxels below -1500 HU become -1024.
 *
 * @param volume in HU
 * @returns the volume itself where it has none
 * @example
 * const { volume: ct, replaced } = cleanPadding(volume);
 */
export function cleanPadding(volume: Volume): CleanVolume {
  const { data } = volume;
  const below = PADDING_BELOW_HU;
  let found = 0;
  for (let i = 0; i < data.length; i++) if (data[i]! < below) found++;
  if (found === 0) return { volume, replaced: 0 };
  const clean: VoxelArray = data.slice();
  return { volume: { ...volume, data: clean }, replaced: padWithAir(clean) };
}

/** Makes air of what {@link cleanPadding} does, in place, and says of how many voxels. */
export function padWithAir(data: VoxelArray): number {
  const below = PADDING_BELOW_HU;
  const air = AIR_HU;
  let replaced = 0;
  for (let i = 0; i < data.length; i++) {
    if (data[i]! < below) {
      data[i] = air;
      replaced++;
    }
  }
  return replaced;
}

/**
 * The lowest and the highest number that isn't padding.
 *
 * @param data voxels in HU
 * @param added a number that stands for voxels that weren't measured, if there is one
 * @returns Infinity and -Infinity where there is none
 */
export function measuredRange(data: VoxelArray, added?: number): [lowest: number, highest: number] {
  let lowest = Infinity;
  let highest = -Infinity;
  const below = PADDING_BELOW_HU;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value < below || value === added) continue;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return [lowest, highest];
}

/**
 * Makes sure that numbers can be HU: some of them negative, and not all within a narrow band, as those of pictures,
 * normalised images, MR and CTs without their rescale are not.
 *
 * @param name the file's name, for messages
 * @param volume to look at; it may have padding
 * @param range its lowest and highest number, where air was added that wasn't measured
 * @throws UnsupportedError when they can't; the text says why, and what to do
 */
export function assertHounsfield(
  name: string,
  { data }: Pick<Volume, 'data'>,
  range: readonly [lowest: number, highest: number] = measuredRange(data),
): void {
  const [lowest, highest] = range;
  const reason = reasonAgainst(lowest, highest);
  if (reason === undefined) return;
  throw new UnsupportedError(
    `${name} can't be in HU: ${reason}. lungseg needs a CT in HU, where air is -1000 and water 0: convert it, or say by the option assumeHu that these are HU.`,
  );
}

/**
 * Makes sure that no file says that its numbers are something else than HU, such as effective atomic numbers.
 *
 * @param path what was read, for messages
 * @param other what a file says
 * @throws UnsupportedError when there is one
 */
export function assertNumbers(path: string, other: OtherNumbers | undefined): void {
  if (other === undefined) return;
  throw new UnsupportedError(
    `${path} is not in HU: ${other.name} says that ${other.meaning}. lungseg needs a CT in HU, where air is -1000 and water 0: pick another, or say by the option assumeHu that these are HU.`,
  );
}

function reasonAgainst(lowest: number, highest: number): string | undefined {
  const range = `${Number(lowest.toPrecision(6))} to ${Number(highest.toPrecision(6))}`;
  if (lowest > highest) return `every voxel is below ${PADDING_BELOW_HU}`;
  if (lowest === 0 && highest === 0) return 'every voxel is 0';
  if (lowest >= 0 && highest <= 255)
    return `its numbers go from ${range}, as those of a picture or a mask do`;
  if (lowest >= 0) {
    return `none of its numbers is negative, they go from ${range}, as those of an MR, or of a CT whose rescale intercept was lost`;
  }
  if (highest - lowest < LEAST_SPAN_HU && lowest > -LEAST_SPAN_HU)
    return `its numbers go from ${range}, as those of a normalised image do`;
  return undefined;
}

/** Says that voxels outside of the scanner's circle were made air. */
export const outsideWarning = (replaced: number, voxels: number): string =>
  `${replaced} of ${voxels} voxels lie outside of the scanner's circle (below ${PADDING_BELOW_HU} HU): they were made air, ${AIR_HU} HU.`;
