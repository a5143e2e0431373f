import { isLungsegError, ReadError, type Vec3 } from '@lungseg/core';
import dicomParser, { type DataSet } from 'dicom-parser';
import { carriedAttributes } from './dicom-attributes.js';
import type { DicomDataSet } from './dicom-data-set.js';
import { BombError, inflateDicom } from './dicom-inflate.js';
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
  /** The unit that they give, where the file says it: HU, or that of a material's density. */
  readonly unit: string;
  /** Whether a table, instead of them, says what the stored numbers mean. */
  readonly hasTable: boolean;
  /** The stored numbers, both included, that stand where the scanner measured nothing. */
  readonly padding: readonly [lowest: number, highest: number] | undefined;
  /** Where the pixels begin in the file, or in what {@link inflateDicom} makes of it. */
  readonly offset: number;
  /** How many bytes of pixels there are: as many as are announced, or fewer where the file is cut. */
  readonly length: number;
  /** Where the deflated data set begins, in a file that has one. */
  readonly deflatedFrom: number | undefined;
  /** Whether they are compressed, in fragments. */
  readonly encapsulated: boolean;
}

/** The header of one DICOM image, or of one frame of it, as far as lungseg needs it. */
export interface DicomInstance {
  readonly source: FileSource;
  /** How messages call it: the file's name, and the frame where it has several. */
  readonly name: string;
  /** Which frame of the file this is, from 0. */
  readonly frame: number;
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
  readonly position: Vec3 | undefined;
  /** The direction of a row (i), then that of a column (j), in LPS. */
  readonly orientation: readonly number[] | undefined;
  /** Distance between columns (along i), then rows (along j), in mm: DICOM's PixelSpacing the other way round. */
  readonly spacing: readonly [number, number] | undefined;
  /** Attributes of the patient and the study, which what is made of the image takes over. */
  readonly attributes: DicomDataSet;
  /** Undefined for a file without pixels. */
  readonly pixels: DicomPixels | undefined;
}

/** A data set that was read up to its pixels. */
export interface DicomHeader {
  readonly data: DataSet;
  /** The whole file as one image, its frames not told apart. */
  readonly instance: DicomInstance;
}

const PIXEL_DATA = 'x7fe00010';

/** How many bytes are read first: nearly every header ends before. */
const FIRST_BYTES = 2 ** 16;

/** Whether bytes begin as a DICOM file of part 10 does: 128 bytes of anything, then DICM. */
export function looksLikeDicom(head: Uint8Array): boolean {
  return hasText(head, 'DICM', 128);
}

/**
 * Reads the header of a DICOM file, and no more of the file than that takes.
 *
 * @returns undefined where the file isn't DICOM
 * @throws ReadError when the file is damaged
 */
export async function readDicomHeader(source: FileSource): Promise<DicomHeader | undefined> {
  for (let end = FIRST_BYTES; ; end *= 16) {
    const head = await source.read(0, end);
    if (!looksLikeDicom(head)) return undefined;
    const isWhole = end >= source.size;
    try {
      const header = parseDicomHeader(source, head);
      const { pixels } = header.instance;
      // A deflated stream that is cut here looks like a file that is cut.
      if (isWhole || (pixels !== undefined && pixels.deflatedFrom === undefined)) return header;
    } catch (error) {
      // What is cut here may well be sound as a whole.
      if (isWhole || isBomb(error as Error)) throw error;
    }
  }
}

/**
 * Reads the header of a DICOM file up to its pixels.
 *
 * @param source the file
 * @param bytes its contents, or its beginning
 * @throws ReadError when the header is damaged, or ends after these bytes
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part10/chapter_7.html
 */
export function parseDicomHeader(source: FileSource, bytes: Uint8Array): DicomHeader {
  let deflatedFrom: number | undefined;
  const inflater = (file: Uint8Array, position: number): Uint8Array => {
    deflatedFrom = position;
    return inflateDicom(file, position);
  };
  return withoutDamage(source.name, () => {
    const data = dicomParser.parseDicom(bytes, { untilTag: PIXEL_DATA, inflater });
    return { data, instance: instanceOf(source, data, deflatedFrom) };
  });
}

/**
 * Does something with what dicom-parser gives, whose errors become ours: it finds a value that lies beyond the file's
 * end only when the value is asked for.
 */
export function withoutDamage<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (isLungsegError(cause)) throw cause;
    throw new ReadError(
      name,
      `${name} is a damaged DICOM file: its header can't be read (${textOf(cause)}). Copy or export it again.`,
      { cause },
    );
  }
}

function instanceOf(source: FileSource, data: DataSet, deflatedFrom: number | undefined): DicomInstance {
  const text = (tag: string): string => data.string(tag)?.trim() ?? '';
  const size = deflatedFrom === undefined ? source.size : data.byteArray.byteLength;
  return {
    source,
    name: source.name,
    frame: 0,
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
    ...readPlane(data),
    attributes: carriedAttributes(data),
    pixels: readPixels(data, size, deflatedFrom),
  };
}

/** Position, orientation and spacing, as far as this data set, or item of a sequence, has them. */
export function readPlane(data: DataSet): Pick<DicomInstance, 'position' | 'orientation' | 'spacing'> {
  return {
    position: numbersOf(data, 'x00200032', 3) as Vec3 | undefined,
    orientation: numbersOf(data, 'x00200037', 6),
    spacing: numbersOf(data, 'x00280030', 2)?.reverse() as [number, number] | undefined,
  };
}

/** Rescale slope and intercept, as far as this data set, or item of a sequence, has them. */
export function readRescale(data: DataSet): Pick<DicomPixels, 'slope' | 'intercept' | 'rescaled' | 'unit'> {
  const slope = rescaleOf(data, 'x00281053');
  const intercept = rescaleOf(data, 'x00281052');
  return {
    slope: slope ?? 1,
    intercept: intercept ?? 0,
    rescaled: slope !== undefined && intercept !== undefined,
    unit: data.string('x00281054')?.trim() ?? '',
  };
}

/** A number of the rescale; NaN where there is something else, which must not be taken for nothing. */
function rescaleOf(data: DataSet, tag: string): number | undefined {
  const text = data.string(tag)?.trim() ?? '';
  return text === '' ? undefined : Number(text);
}

/** Whether an error of {@link withoutDamage} is that of a stream that unpacks to too much. */
function isBomb({ cause }: { readonly cause?: unknown }): boolean {
  const { exception } = (cause ?? {}) as { readonly exception?: unknown };
  return cause instanceof BombError || exception instanceof BombError;
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

function readPixels(data: DataSet, size: number, deflatedFrom: number | undefined): DicomPixels | undefined {
  const element = data.elements[PIXEL_DATA];
  if (element === undefined) return undefined;
  const bitsAllocated = data.uint16('x00280100') ?? 0;
  const bitsStored = data.uint16('x00280101') ?? bitsAllocated;
  const signed = data.uint16('x00280103') === 1;
  return {
    rows: data.uint16('x00280010') ?? 0,
    columns: data.uint16('x00280011') ?? 0,
    samplesPerPixel: data.uint16('x00280002') ?? 1,
    frames: Number(data.string('x00280008') ?? 1),
    bitsAllocated,
    bitsStored,
    highBit: data.uint16('x00280102') ?? bitsStored - 1,
    signed,
    ...readRescale(data),
    hasTable: (data.elements.x00283000?.items?.length ?? 0) > 0,
    padding: readPadding(data, signed),
    offset: element.dataOffset,
    length: Math.min(element.length, Math.max(size - element.dataOffset, 0)),
    deflatedFrom,
    encapsulated: element.hadUndefinedLength === true || element.length === 0xffffffff,
  };
}

/**
 * PixelPaddingValue, and PixelPaddingRangeLimit on either side of it.
 *
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part03/sect_C.7.5.html#sect_C.7.5.1.1.2
 */
function readPadding(data: DataSet, signed: boolean): DicomPixels['padding'] {
  // The VR says US or SS as it likes; the pixels' own sign is what holds.
  const numberOf = (tag: string): number | undefined =>
    data.elements[tag]?.length === 2 ? (signed ? data.int16(tag) : data.uint16(tag)) : undefined;
  const value = numberOf('x00280120');
  if (value === undefined) return undefined;
  const limit = numberOf('x00280121') ?? value;
  return [Math.min(value, limit), Math.max(value, limit)];
}
