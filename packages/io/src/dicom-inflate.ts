import { Inflate } from 'fflate';
import { concatBytes } from './concat-bytes.js';

/** How much a deflated DICOM file may grow; beyond {@link LARGE_BYTES} also how many times. */
const MAXIMUM_INFLATED_BYTES = 2 ** 30;
const LARGE_BYTES = 2 ** 26;
const MAXIMUM_LARGE_RATIO = 20;

/** What is unpacked between two looks at how much it is. */
const INFLATE_PIECE_BYTES = 2 ** 12;

/** Thrown where a stream unpacks to more than any CT would: more of the file doesn't make it less. */
export class BombError extends Error {}

/**
 * Unpacks the data set of a file in the deflated transfer syntax: the header up to `position` stays as it is.
 *
 * @throws BombError when it grows too much
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part05/sect_A.5.html
 */
export function inflateDicom(bytes: Uint8Array, position: number): Uint8Array {
  const pieces = [bytes.subarray(0, position)];
  let total = position;
  const allowed = Math.min(
    Math.max(LARGE_BYTES, MAXIMUM_LARGE_RATIO * bytes.byteLength),
    MAXIMUM_INFLATED_BYTES,
  );
  const stream = new Inflate((piece) => {
    pieces.push(piece);
    total += piece.byteLength;
    if (total > allowed) throw new BombError(`it inflates to more than ${allowed} bytes`);
  });
  for (let start = position; start < bytes.byteLength; start += INFLATE_PIECE_BYTES) {
    const end = start + INFLATE_PIECE_BYTES;
    stream.push(bytes.subarray(start, end), end >= bytes.byteLength);
  }
  return concatBytes(pieces);
}
