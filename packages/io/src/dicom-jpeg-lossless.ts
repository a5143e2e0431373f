import { ReadError } from '@lungseg/core';
import { concatBytes } from './concat-bytes.js';
import { DifferenceReader } from './jpeg-huffman.js';
import { readJpegHeader, type JpegHeader, type Refuse } from './jpeg-header.js';

/** What a file promises of a frame. */
export interface PromisedFrame {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: number;
}

const END_OF_IMAGE = 0xd9;
const FIRST_RESTART = 0xd0;

/** A number of a line takes a code and a difference, of 16 bits each at most. */
const MOST_BYTES_PER_NUMBER = 4;

/**
 * Decodes a frame of lossless JPEG (process 14, by Huffman codes) to the stored numbers.
 *
 * @param name the slice's, for messages
 * @param fragments those of the frame
 * @param target as many numbers as there are pixels, as wide as the file promises: filled
 * @param promised rows, columns and bits as the file has them
 * @throws ReadError when the frame is damaged or cut, or isn't what the file promises
 * @see ITU-T T.81, annex H
 */
export function decodeJpegLossless(
  name: string,
  fragments: readonly Uint8Array[],
  target: Uint8Array | Uint16Array,
  { rows, columns, bitsAllocated }: PromisedFrame,
): void {
  const refuse: Refuse = (reason) => {
    throw new ReadError(name, `${name} is a damaged DICOM file: ${reason}. Copy or export it again.`);
  };
  const bytes = fragments.length === 1 ? fragments[0]! : concatBytes(fragments);
  const header = readJpegHeader(bytes, refuse);
  const { linesPerRestart, precision, pointTransform } = header;
  if (header.rows !== rows || header.columns !== columns || precision > bitsAllocated) {
    refuse(
      `its JPEG should have ${columns} x ${rows} pixels of at most ${bitsAllocated} bits. Received: ${header.columns} x ${header.rows} of ${precision}`,
    );
  }
  let at = header.begin;
  for (let row = 0, part = 0; row < rows; row += linesPerRestart, part++) {
    const end = Math.min(row + linesPerRestart, rows);
    const { marker, place, next } = nextMarker(bytes, at);
    const packed = withoutStuffing(bytes.subarray(at, place), MOST_BYTES_PER_NUMBER * (columns + 1));
    decodePart(target.subarray(row * columns, end * columns), packed, header, refuse);
    if (marker !== (end === rows ? END_OF_IMAGE : FIRST_RESTART + (part & 7)))
      refuse(`its compressed pixels end in the wrong marker (${marker.toString(16)})`);
    at = next;
  }
  if (pointTransform > 0) for (let i = 0; i < target.length; i++) target[i]! <<= pointTransform;
}

/** The next marker: a byte of ones, or several, and one that isn't zero. The end of the bytes stands for that of the image. */
function nextMarker(bytes: Uint8Array, from: number): { marker: number; place: number; next: number } {
  for (let at = from; ;) {
    const place = bytes.indexOf(0xff, at);
    if (place < 0) return { marker: END_OF_IMAGE, place: bytes.byteLength, next: bytes.byteLength };
    at = place + 1;
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++] ?? END_OF_IMAGE;
    if (marker !== 0) return { marker, place, next: at };
  }
}

/** Bytes of which those of ones have lost the zero that follows each, and then some zeros. */
interface Unstuffed {
  readonly data: Uint8Array;
  /** Without the zeros. */
  readonly length: number;
}

function withoutStuffing(bytes: Uint8Array, zeros: number): Unstuffed {
  const data = new Uint8Array(bytes.byteLength + zeros);
  let length = 0;
  for (let at = 0; at < bytes.byteLength;) {
    const mark = bytes.indexOf(0xff, at);
    const end = mark < 0 ? bytes.byteLength : mark + 1;
    data.set(bytes.subarray(at, end), length);
    length += end - at;
    at = end + 1;
  }
  return { data, length };
}

/** Decodes the lines from one restart to the next. */
function decodePart(
  numbers: Uint8Array | Uint16Array,
  { data, length }: Unstuffed,
  { table, predictor, precision, pointTransform, columns }: JpegHeader,
  refuse: Refuse,
): void {
  const reader = new DifferenceReader(data, table);
  const differences = new Int32Array(columns);
  const bits = 8 * length;
  let seen = 0;
  for (let begin = 0; begin < numbers.length; begin += columns) {
    if (!reader.read(differences)) refuse('its compressed pixels hold a code that is none');
    if (reader.used > bits) refuse('its compressed pixels end before the last one');
    const line = numbers.subarray(begin, begin + columns);
    seen |=
      begin === 0
        ? addToLeft(line, differences, 2 ** (precision - pointTransform - 1))
        : addToNeighbours(line, numbers.subarray(begin - columns, begin), differences, predictor);
  }
  // The last byte is filled up with ones. What is more belongs to pixels that aren't there.
  if (bits - reader.used >= 8) refuse('its compressed pixels go on after the last one');
  if (seen >>> (precision - pointTransform) > 0)
    refuse(`its JPEG holds numbers of more than ${precision} bits`);
}

/** Each number is foretold by the one before it. Gives the bits that any of them has. */
function addToLeft(line: Uint8Array | Uint16Array, differences: Int32Array, before: number): number {
  let left = before;
  let seen = 0;
  for (let i = 0; i < line.length; i++) {
    left = (left + differences[i]!) & 0xffff;
    line[i] = left;
    seen |= left;
  }
  return seen;
}

/** The first number of a line is foretold by the one above it, the others as the predictor has it. */
function addToNeighbours(
  line: Uint8Array | Uint16Array,
  above: Uint8Array | Uint16Array,
  differences: Int32Array,
  predictor: number,
): number {
  const first = above[0]!;
  if (predictor === 1) return addToLeft(line, differences, first);
  let left = (first + differences[0]!) & 0xffff;
  let seen = left;
  line[0] = left;
  for (let i = 1; i < line.length; i++) {
    left = (foretold(predictor, left, above[i]!, above[i - 1]!) + differences[i]!) & 0xffff;
    line[i] = left;
    seen |= left;
  }
  return seen;
}

/** @see ITU-T T.81, table H.1 */
function foretold(predictor: number, left: number, above: number, corner: number): number {
  switch (predictor) {
    case 2:
      return above;
    case 3:
      return corner;
    case 4:
      return left + above - corner;
    case 5:
      return left + ((above - corner) >> 1);
    case 6:
      return above + ((left - corner) >> 1);
    default:
      return (left + above) >> 1;
  }
}
