import { Inflate } from 'fflate';
import { concatBytes } from './concat-bytes.js';

/** How much a deflated DICOM file may grow. */
const MAXIMUM_INFLATED_BYTES = 2 ** 30;

const INFLATE_PIECE_BYTES = 2 ** 16;

/**
 * Unpacks the data set of a file in the deflated transfer syntax: the header up to `position` stays as it is.
 *
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part05/sect_A.5.html
 */
export function inflateDicom(bytes: Uint8Array, position: number): Uint8Array {
  const pieces = [bytes.subarray(0, position)];
  let total = position;
  const stream = new Inflate((piece) => {
    pieces.push(piece);
    total += piece.byteLength;
    if (total > MAXIMUM_INFLATED_BYTES)
      throw new Error(`it inflates to more than ${MAXIMUM_INFLATED_BYTES} bytes`);
  });
  for (let start = position; start < bytes.byteLength; start += INFLATE_PIECE_BYTES) {
    const end = start + INFLATE_PIECE_BYTES;
    stream.push(bytes.subarray(start, end), end >= bytes.byteLength);
  }
  return concatBytes(pieces);
}
