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

  /** Rescales stored numbers and keeps them from `offset` on; padding becomes air. */
  set(offset: number, stored: ArrayLike<number>, pixels: DicomPixels): void {
    const { slope, intercept } = pixels;
    const [lowest, highest] = usablePadding(pixels) ?? [Infinity, -Infinity];
    let { data } = this;
    let mayOverflow = data instanceof Int16Array;
    let padded = 0;
    const { length } = stored;
    for (let i = 0; i < length; i++) {
      const number = stored[i]!;
      let value = number * slope + intercept;
      if (number >= lowest && number <= highest) {
        value = AIR_HU;
        padded++;
      }
      data[offset + i] = value;
      if (mayOverflow && data[offset + i] !== value) {
        data = Int32Array.from(data);
        mayOverflow = false;
        data[offset + i] = value;
      }
    }
    this.data = data;
    this.padded += padded;
  }
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
