import type { VoxelArray } from '@lungseg/core';
import { decodeJpegLossless } from './dicom-jpeg-lossless.js';
import { decodeRleFrame } from './dicom-rle.js';
import type { CompressedFrame } from './read-options.js';
import { decodeScalars, type ScalarType } from './scalars.js';

const RLE_LOSSLESS = '1.2.840.10008.1.2.5';

/** JPEG of process 14, with any predictor and with the first. */
const JPEG_LOSSLESS: ReadonlySet<string> = new Set(['1.2.840.10008.1.2.4.57', '1.2.840.10008.1.2.4.70']);

/** Whether a transfer syntax is lossless JPEG. */
export const isJpegLossless = (transferSyntax: string): boolean => JPEG_LOSSLESS.has(transferSyntax);

/** Whether {@link decodeFrame} decodes a transfer syntax. */
export const isOurs = (transferSyntax: string): boolean =>
  transferSyntax === RLE_LOSSLESS || isJpegLossless(transferSyntax);

/**
 * Decodes a frame of RLE or of lossless JPEG to the stored numbers.
 *
 * @param frame of one of the syntaxes that are {@link isOurs}
 * @param memory where the numbers go; at least as long as they are
 * @throws ReadError when the frame is damaged
 */
export function decodeFrame(frame: CompressedFrame, memory: Uint8Array): VoxelArray {
  const { name, fragments, transferSyntax, rows, columns, bitsAllocated, signed } = frame;
  const length = (rows * columns * bitsAllocated) / 8;
  if (transferSyntax === RLE_LOSSLESS) {
    const unpacked = memory.subarray(0, length);
    decodeRleFrame(name, fragments, unpacked, bitsAllocated / 8);
    return decodeScalars(unpacked, `${signed ? '' : 'u'}int${bitsAllocated}` as ScalarType, true);
  }
  const { buffer } = memory;
  if (bitsAllocated === 8) {
    const numbers = memory.subarray(0, length);
    decodeJpegLossless(name, fragments, numbers, frame);
    return signed ? new Int8Array(buffer, 0, length) : numbers;
  }
  const numbers = new Uint16Array(buffer, 0, length / 2);
  decodeJpegLossless(name, fragments, numbers, frame);
  return signed ? new Int16Array(buffer, 0, length / 2) : numbers;
}
