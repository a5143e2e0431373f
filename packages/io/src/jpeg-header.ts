import { huffmanTable, type HuffmanTable } from './jpeg-huffman.js';

/** Ends the reading with an error; what is wrong stands in it. */
export type Refuse = (reason: string) => never;

/** What the markers before the pixels of a lossless JPEG say. */
export interface JpegHeader {
  readonly rows: number;
  readonly columns: number;
  /** How many bits a number has. */
  readonly precision: number;
  readonly table: HuffmanTable;
  /** Which neighbours foretell a number, from 1 to 7. */
  readonly predictor: number;
  /** How many bits were shifted out of each number. */
  readonly pointTransform: number;
  /** Lines from one restart to the next; all where there is none. */
  readonly linesPerRestart: number;
  /** Where the compressed pixels begin. */
  readonly begin: number;
}

const START_OF_IMAGE = 0xd8;
const LOSSLESS_FRAME = 0xc3;
const HUFFMAN_TABLES = 0xc4;
const START_OF_SCAN = 0xda;
const RESTART_INTERVAL = 0xdd;

/** The other frames: lossy, progressive, hierarchical or by arithmetic codes. */
const isOtherFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![LOSSLESS_FRAME, HUFFMAN_TABLES, 0xc8, 0xcc].includes(marker);

/** The largest category of a difference. */
const MOST_BITS = 16;

/** A table as it stands in the file: there may be thousands, of which one is used. */
interface RawTable {
  readonly counts: Uint8Array;
  readonly values: Uint8Array;
}

/** What has been read so far. */
interface Parts {
  readonly tables: Map<number, RawTable>;
  frame?: { readonly precision: number; readonly rows: number; readonly columns: number };
  restartInterval: number;
}

/**
 * Reads the markers of a lossless JPEG of one component up to its pixels.
 *
 * @param bytes the whole of it
 * @param refuse called where it is damaged, or is no such JPEG
 * @see ITU-T T.81, annex B
 */
export function readJpegHeader(bytes: Uint8Array, refuse: Refuse): JpegHeader {
  if (bytes[0] !== 0xff || bytes[1] !== START_OF_IMAGE) refuse('its pixels are no JPEG');
  const parts: Parts = { tables: new Map(), restartInterval: 0 };
  let at = 2;
  for (;;) {
    // A marker may follow any number of bytes of ones.
    if (bytes[at] !== 0xff) refuse('its JPEG has no marker where one must be');
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at] ?? refuse('its JPEG ends before its pixels');
    const begin = at + 3;
    const length = ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const end = at + 1 + length;
    if (length < 2 || end > bytes.byteLength) refuse('its JPEG ends before its pixels');
    const segment = bytes.subarray(begin, end);
    if (marker === START_OF_SCAN) return { ...readScan(segment, parts, refuse), begin: end };
    if (marker === LOSSLESS_FRAME) parts.frame = readFrame(segment, refuse);
    else if (isOtherFrame(marker))
      refuse(`its JPEG is of another kind (${marker.toString(16)}) than lossless`);
    else if (marker === HUFFMAN_TABLES) readTables(segment, parts.tables, refuse);
    else if (marker === RESTART_INTERVAL) parts.restartInterval = (segment[0]! << 8) | segment[1]!;
    at = end;
  }
}

function readFrame(segment: Uint8Array, refuse: Refuse): NonNullable<Parts['frame']> {
  const [precision = 0, ...rest] = segment;
  const [high = 0, low = 0, left = 0, right = 0, components = 0] = rest;
  if (precision < 2 || precision > MOST_BITS || components !== 1)
    refuse(`its JPEG should have one component of 2 to 16 bits. Received: ${components} of ${precision}`);
  return { precision, rows: (high << 8) | low, columns: (left << 8) | right };
}

function readTables(segment: Uint8Array, tables: Map<number, RawTable>, refuse: Refuse): void {
  for (let at = 0; at < segment.byteLength;) {
    const counts = segment.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const values = segment.subarray(at + 17, at + 17 + total);
    if (counts.byteLength < 16 || values.byteLength < total) refuse('its JPEG has a table that is cut short');
    tables.set(segment[at]!, { counts, values });
    at += 17 + total;
  }
}

function readScan(segment: Uint8Array, parts: Parts, refuse: Refuse): Omit<JpegHeader, 'begin'> {
  const { frame, tables, restartInterval } = parts;
  const [components, , tableIds = 0, predictor = 0, , shifts = 0] = segment;
  const raw = tables.get(tableIds >> 4);
  const pointTransform = shifts & 15;
  if (frame === undefined || raw === undefined || segment.byteLength !== 6) {
    return refuse('its JPEG has no frame or no table of codes before its pixels');
  }
  const isLossless = raw.values.every((bits) => bits <= MOST_BITS);
  const table = isLossless ? huffmanTable(raw.counts, raw.values) : undefined;
  if (table === undefined) return refuse('its JPEG has a table of codes that is none');
  if (components !== 1 || predictor < 1 || predictor > 7 || pointTransform >= frame.precision) {
    return refuse(
      `its JPEG should foretell numbers by 1 of 7 ways, for one component. Received: ${predictor}, for ${components}, shifted by ${pointTransform}`,
    );
  }
  const linesPerRestart = restartInterval === 0 ? frame.rows : restartInterval / frame.columns;
  if (!(Number.isInteger(linesPerRestart) && linesPerRestart > 0))
    return refuse(`its JPEG restarts after ${restartInterval} pixels, and not at the end of a line`);
  return { ...frame, table, predictor, pointTransform, linesPerRestart };
}
