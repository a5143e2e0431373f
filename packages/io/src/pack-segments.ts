import type { VoxelArray } from '@lungseg/core';

/**
 * The frames of a binary segmentation: for each label all slices, ascending, a bit a pixel, the first pixel in the
 * lowest bit, and no gap between frames.
 *
 * @param data a mask
 * @param labels the labels to write, in the order of their frames
 * @returns the bits, padded to an even number of bytes
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part05/sect_8.1.html
 */
export function packSegments(data: VoxelArray, labels: readonly number[]): Uint8Array {
  const bytes = Math.ceil((data.length * labels.length) / 8);
  const packed = new Uint8Array(bytes + (bytes % 2));
  labels.forEach((label, n) => {
    const start = n * data.length;
    for (let i = 0; i < data.length; i++) {
      if (data[i] !== label) continue;
      const bit = start + i;
      // Not a shift: the number of bits may pass 2^31.
      packed[Math.floor(bit / 8)]! |= 1 << (bit % 8);
    }
  });
  return packed;
}
