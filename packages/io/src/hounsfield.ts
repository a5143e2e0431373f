import { UnsupportedError, type Volume, type VoxelArray } from '@lungseg/core';
import { AIR_HU } from './air.js';

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
  let replaced = 0;
  for (let i = 0; i < data.length; i++) if (data[i]! < below) replaced++;
  if (replaced === 0) return { volume, replaced };
  const clean: VoxelArray = data.slice();
  const air = AIR_HU;
  for (let i = 0; i < clean.length; i++) if (clean[i]! < below) clean[i] = air;
  return { volume: { ...volume, data: clean }, replaced };
}

/**
 * Makes sure that numbers can be HU: some of them negative, and not all within a narrow band, as those of pictures,
 * normalised images, MR and CTs without their rescale are not.
 *
 * @param name the file's name, for messages
 * @param volume to look at; it may have padding
 * @throws UnsupportedError when they can't; the text says why, and what to do
 */
export function assertHounsfield(name: string, { data }: Volume): void {
  let lowest = Infinity;
  let highest = -Infinity;
  const below = PADDING_BELOW_HU;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value < below) continue;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  const reason = reasonAgainst(lowest, highest);
  if (reason === undefined) return;
  throw new UnsupportedError(
    `${name} can't be in HU: ${reason}. lungseg needs a CT in HU, where air is -1000 and water 0: convert it, or say that these are HU (assume-hu).`,
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
