import { ReadError, type VoxelArray } from '@lungseg/core';
import { AIR_HU } from './air.js';
import type { DicomPixels } from './dicom-header.js';

/** Collects HU in the smallest array that holds them: int16 first, int32 once a number doesn't fit. */
export class HuTarget {
  data: Int16Array | Int32Array | Float32Array;
  /** How many voxels were padding, and are air now. */
  padded = 0;

  constructor(length: number, wholeNumbers: boolean) {
    this.data = wholeNumbers ? new Int16Array(length) : new Float32Array(length);
  }

  /**
   * Rescales stored numbers and keeps them from `offset` on; padding becomes air.
   *
   * @param stored bits above those that `pixels` says are stored may hold anything, such as overlays
   * @param name what messages call the slice
   * @throws ReadError when a whole number of HU doesn't fit into 32 bits
   */
  set(offset: number, stored: VoxelArray, pixels: DicomPixels, name: string): void {
    const padding = usablePadding(pixels);
    // What nearly all scanners write is whole numbers in 16 bits, to be shifted, or not even that.
    const isPlain = pixels.slope === 1 && padding === undefined && stored.BYTES_PER_ELEMENT <= 2;
    if (!(isPlain && this.data instanceof Int16Array)) this.#rescale(offset, stored, pixels, name);
    else if (stored instanceof Int16Array && pixels.intercept === 0 && pixels.bitsStored === 16)
      this.data.set(stored, offset);
    else if (!shift(this.data, offset, stored, pixels)) this.#rescale(offset, stored, pixels, name);
  }

  #rescale(offset: number, stored: VoxelArray, pixels: DicomPixels, name: string): void {
    const { slope, intercept, signed, bitsAllocated, bitsStored } = pixels;
    const unused = bitsStored < bitsAllocated ? 32 - bitsStored : 0;
    const [lowest, highest] = usablePadding(pixels) ?? [Infinity, -Infinity];
    let { data } = this;
    const mayOverflow = !(data instanceof Float32Array);
    let padded = 0;
    const { length } = stored;
    for (let i = 0; i < length; i++) {
      let number = stored[i]!;
      if (unused > 0) number = signed ? (number << unused) >> unused : (number << unused) >>> unused;
      let value = number * slope + intercept;
      if (number >= lowest && number <= highest) {
        value = AIR_HU;
        padded++;
      }
      data[offset + i] = value;
      if (mayOverflow && data[offset + i] !== value) {
        if (data instanceof Int16Array) data = new Int32Array(data);
        data[offset + i] = value;
        if (data[offset + i] !== value) throw beyond32Bits(name, value);
      }
    }
    this.data = data;
    this.padded += padded;
  }
}

function beyond32Bits(name: string, hu: number): ReadError {
  return new ReadError(
    name,
    `${name} has a voxel of ${hu} HU after its rescale, which must lie within 32 bits. Export the series again.`,
  );
}

/** Writes whole numbers of up to 16 bits plus the intercept, and says whether all of them fit. */
function shift(
  data: Int16Array,
  offset: number,
  stored: VoxelArray,
  { intercept, signed, bitsStored }: DicomPixels,
): boolean {
  const out = data.subarray(offset, offset + stored.length);
  const mask = 2 ** bitsStored - 1;
  // Turning the sign's bit over and taking away its weight spreads the sign over the bits above.
  const sign = signed ? 2 ** (bitsStored - 1) : 0;
  const by = intercept - sign;
  let outside = 0;
  for (let i = 0; i < stored.length; i++) {
    const value = ((stored[i]! & mask) ^ sign) + by;
    out[i] = value;
    // Of a number that fits, all bits from the 15th on are the sign's.
    outside |= (value >> 15) ^ (value >> 31);
  }
  return outside === 0;
}

/** Between these HU lies what tissue and metal have, so that it can't mean padding. */
const TISSUE_HU = [-1000, 3071] as const;

/** The stored numbers that mean padding, unless a body may have them, too: then taking them out would pierce it. */
export function usablePadding(pixels: DicomPixels): DicomPixels['padding'] {
  const { padding, slope, intercept, rescaled } = pixels;
  // Without a rescale nobody knows what the number is in HU.
  if (padding === undefined || !rescaled) return undefined;
  const hu = padding.map((number) => number * slope + intercept);
  return Math.max(...hu) <= TISSUE_HU[0] || Math.min(...hu) >= TISSUE_HU[1] ? padding : undefined;
}
