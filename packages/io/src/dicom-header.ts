import { ReadError } from '@lungseg/core';
import dicomParser, { type DataSet } from 'dicom-parser';
import { Inflate } from 'fflate';
import { carriedAttributes } from './dicom-attributes.js';
import type { DicomDataSet } from './dicom-data-set.js';
import { hasText, type FileSource } from './file-source.js';

/** Where and how a DICOM file holds its pixels. */
export interface DicomPixels {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly frames: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly slope: number;
  readonly intercept: number;
  /** Whether the file has a rescale slope and intercept at all. */
  readonly rescaled: boolean;
  /** Where the pixels begin in the file, or in what {@link inflateDicom} makes of it. */
  readonly offset: number;
  /** How many bytes of pixels there are: as many as are announced, or fewer where the file is cut. */
  readonly length: number;
  /** Where the deflated data set begins, in a file that has one. */
  readonly deflatedFrom: number | undefined;
  /** Whether they are compressed, in fragments. */
  readonly encapsulated: boolean;
}

/** The header of one DICOM image, as far as lungseg needs it. */
export interface DicomInstance {
  readonly source: FileSource;
  readonly name: string;
  readonly transferSyntax: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string;
  readonly patientId: string;
  readonly seriesDescription: string;
  readonly modality: string;
  readonly imageType: readonly string[];
  /** LPS position of the first pixel, in mm; undefined where it is missing. */
  readonly position: readonly [number, number, number] | undefined;
  /** The direction of a row (i), then that of a column (j), in LPS. */
  readonly orientation: readonly number[] | undefined;
  /** Distance between columns (along i), then rows (along j), in mm: DICOM's PixelSpacing the other way round. */
  readonly spacing: readonly [number, number] | undefined;
  /** Attributes of the patient and the study, which what is made of the image takes over. */
  readonly attributes: DicomDataSet;
  /** Undefined for a file without pixels. */
  readonly pixels: DicomPixels | undefined;
}

const PIXEL_DATA = 'x7fe00010';

/** How much a deflated DICOM file may grow; beyond {@link LARGE_BYTES} also how many times. */
const MAXIMUM_INFLATED_BYTES = 2 ** 30;
const LARGE_BYTES = 2 ** 26;
const MAXIMUM_LARGE_RATIO = 20;

const INFLATE_PIECE_BYTES = 2 ** 12;

/** Whether bytes begin as a DICOM file of part 10 does: 128 bytes of anything, then DICM. */
export function looksLikeDicom(head: Uint8Array): boolean {
  return hasText(head, 'DICM', 128);
}

/**
 * Reads the header of a DICOM file up to its pixels.
 *
 * @param source the file
 * @param bytes its whole contents
 * @throws ReadError when the file is damaged
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part10/chapter_7.html
 */
export function parseDicomHeader(source: FileSource, bytes: Uint8Array): DicomInstance {
  const { name } = source;
  let deflatedFrom: number | undefined;
  const inflater = (file: Uint8Array, position: number): Uint8Array => {
    deflatedFrom = position;
    return inflateDicom(file, position);
  };
  try {
    const data = dicomParser.parseDicom(bytes, { untilTag: PIXEL_DATA, inflater });
    return instanceOf(source, data, deflatedFrom);
  } catch (cause) {
    throw new ReadError(
      name,
      `${name} is a damaged DICOM file: its header can't be read (${textOf(cause)}). Copy or export it again.`,
      { cause },
    );
  }
}

/** dicom-parser finds a value that lies beyond the file's end only when the value is asked for, and then throws. */
function instanceOf(source: FileSource, data: DataSet, deflatedFrom: number | undefined): DicomInstance {
  const text = (tag: string): string => data.string(tag)?.trim() ?? '';
  return {
    source,
    name: source.name,
    transferSyntax: text('x00020010'),
    // A cut file may have lost its own, but not that of the file meta information before it.
    sopClassUid: text('x00080016') || text('x00020002'),
    sopInstanceUid: text('x00080018'),
    studyInstanceUid: text('x0020000d'),
    seriesInstanceUid: text('x0020000e'),
    frameOfReferenceUid: text('x00200052'),
    patientId: text('x00100020'),
    seriesDescription: text('x0008103e'),
    modality: text('x00080060'),
    imageType: text('x00080008').split('\\'),
    position: numbersOf(data, 'x00200032', 3) as [number, number, number] | undefined,
    orientation: numbersOf(data, 'x00200037', 6),
    spacing: numbersOf(data, 'x00280030', 2)?.reverse() as [number, number] | undefined,
    attributes: carriedAttributes(data),
    pixels: readPixels(data, deflatedFrom),
  };
}

/** dicom-parser throws texts and objects as well as errors. */
function textOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  const { exception } = thrown as { exception?: unknown };
  return exception instanceof Error ? exception.message : String(exception ?? thrown);
}

/**
 * The numbers of a DS element, or undefined where it is missing, has another count or holds what isn't a finite number.
 */
function numbersOf(data: DataSet, tag: string, count: number): number[] | undefined {
  const text = data.string(tag);
  if (text === undefined) return undefined;
  const parts = text.split('\\');
  const values = parts.map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  return values.length === count && values.every(Number.isFinite) ? values : undefined;
}

/** A number of the rescale; NaN where there is something else, which must not be taken for nothing. */
function rescaleOf(data: DataSet, tag: string): number | undefined {
  const text = data.string(tag)?.trim() ?? '';
  return text === '' ? undefined : Number(text);
}

function readPixels(data: DataSet, deflatedFrom: number | undefined): DicomPixels | undefined {
  const element = data.elements[PIXEL_DATA];
  if (element === undefined) return undefined;
  const bitsAllocated = data.uint16('x00280100') ?? 0;
  const bitsStored = data.uint16('x00280101') ?? bitsAllocated;
  const slope = rescaleOf(data, 'x00281053');
  const intercept = rescaleOf(data, 'x00281052');
  return {
    rows: data.uint16('x00280010') ?? 0,
    columns: data.uint16('x00280011') ?? 0,
    samplesPerPixel: data.uint16('x00280002') ?? 1,
    frames: Number(data.string('x00280008') ?? 1),
    bitsAllocated,
    bitsStored,
    highBit: data.uint16('x00280102') ?? bitsStored - 1,
    signed: data.uint16('x00280103') === 1,
    slope: slope ?? 1,
    intercept: intercept ?? 0,
    rescaled: slope !== undefined && intercept !== undefined,
    offset: element.dataOffset,
    length: Math.min(element.length, Math.max(data.byteArray.byteLength - element.dataOffset, 0)),
    deflatedFrom,
    encapsulated: element.hadUndefinedLength === true || element.length === 0xffffffff,
  };
}

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
    const allowed = Math.min(
      Math.max(LARGE_BYTES, MAXIMUM_LARGE_RATIO * bytes.byteLength),
      MAXIMUM_INFLATED_BYTES,
    );
    if (total > allowed) throw new Error(`it inflates to more than ${allowed} bytes`);
  });
  for (let start = position; start < bytes.byteLength; start += INFLATE_PIECE_BYTES) {
    const end = start + INFLATE_PIECE_BYTES;
    stream.push(bytes.subarray(start, end), end >= bytes.byteLength);
  }
  const whole = new Uint8Array(total);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.byteLength;
  }
  return whole;
}
