import { ReadError } from '@lungseg/core';
import { concatBytes } from './concat-bytes.js';

/** A frame begins with the number of its segments and where each begins, in fifteen places. */
const HEADER_BYTES = 64;

/**
 * Decodes a frame of RLE Lossless to the stored numbers, little-endian. Each byte of a number has a segment of its own, the
 * highest first, packed by PackBits.
 *
 * @param name the slice's, for messages
 * @param fragments those of the frame
 * @param target as long as the numbers: filled
 * @param bytesPerNumber how many segments there must be
 * @throws ReadError when the frame is damaged, or has not exactly as many numbers
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part05/chapter_G.html
 */
export function decodeRleFrame(
  name: string,
  fragments: readonly Uint8Array[],
  target: Uint8Array,
  bytesPerNumber: number,
): void {
  const frame = fragments.length === 1 ? fragments[0]! : concatBytes(fragments);
  if (frame.byteLength < HEADER_BYTES) throw damaged(name, 'its RLE header is cut short');
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const count = view.getUint32(0, true);
  if (count !== bytesPerNumber)
    throw damaged(name, `it should have ${bytesPerNumber} RLE segments, its header says ${count}`);
  const begins = Array.from({ length: count }, (_, n) => view.getUint32(4 + 4 * n, true));
  const ends = [...begins.slice(1), frame.byteLength];
  begins.forEach((begin, n) => {
    const end = ends[n]!;
    if (begin < HEADER_BYTES || begin > end || end > frame.byteLength)
      throw damaged(name, `its RLE segment ${n + 1} can't lie from byte ${begin} to ${end}`);
    const written = unpackBits(frame, begin, end, target, bytesPerNumber - 1 - n, bytesPerNumber);
    if (written !== target.byteLength / bytesPerNumber)
      throw damaged(name, `its RLE segment ${n + 1} doesn't hold as many bytes as there are pixels`);
  });
}

/**
 * Unpacks to every `step`th byte from `first` on.
 *
 * @returns how many bytes the segment held, or fewer where it is cut; -1 where there are more than there is room for
 */
function unpackBits(
  packed: Uint8Array,
  begin: number,
  end: number,
  target: Uint8Array,
  first: number,
  step: number,
): number {
  const room = target.byteLength / step;
  let at = begin;
  let to = first;
  let written = 0;
  // What follows the last number is padding.
  while (written < room && at < end) {
    const control = packed[at++]!;
    // A run of the next byte, as it is or repeated; 128 does nothing.
    if (control === 128) continue;
    const isLiteral = control < 128;
    const length = isLiteral ? control + 1 : 257 - control;
    if (written + length > room) return -1;
    if (at + (isLiteral ? length : 1) > end) return written;
    if (isLiteral) for (let i = 0; i < length; i++, to += step) target[to] = packed[at++]!;
    else {
      const value = packed[at++]!;
      for (let i = 0; i < length; i++, to += step) target[to] = value;
    }
    written += length;
  }
  return written;
}

function damaged(name: string, reason: string): ReadError {
  return new ReadError(name, `${name} is a damaged DICOM file: ${reason}. Copy or export it again.`);
}
