import { indexToWorld, type NamedBytes, type Volume } from '@lungseg/core';
import { deflateRawSync } from 'node:zlib';
import { concatBytes } from '../concat-bytes.js';

/**
 * Elements of DICOM by their tag (eight hexadecimal digits): the VR, and the value as text, a number, bytes or the items
 * of a sequence.
 */
// eslint-disable-next-line @typescript-eslint/consistent-indexed-object-style -- a record can't hold itself
export interface DicomElements {
  readonly [tag: string]: readonly [
    vr: string,
    value: string | number | Uint8Array | readonly DicomElements[],
  ];
}

type DicomValue = DicomElements[string][1];

export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2';
export const DEFLATED = '1.2.840.10008.1.2.1.99';
export const RLE_LOSSLESS = '1.2.840.10008.1.2.5';
/** The pixels of such a series have to be given, encapsulated, or are no JPEG-LS. */
export const JPEG_LS_LOSSLESS = '1.2.840.10008.1.2.4.80';
/** Here, too. */
export const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';
export const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
export const ENHANCED_CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2.1';

const ENCAPSULATED: ReadonlySet<string> = new Set([RLE_LOSSLESS, JPEG_LS_LOSSLESS, JPEG_LOSSLESS]);

const LONG_VRS = new Set(['OB', 'OW', 'OF', 'SQ', 'UT', 'UN']);

/** A DICOM file of part 10 with these elements, in the byte order and form of its transfer syntax. */
export function dicomFile(elements: DicomElements, transferSyntax = EXPLICIT_LITTLE_ENDIAN): Uint8Array {
  const meta = encodeElements({ '00020010': ['UI', transferSyntax] }, EXPLICIT_LITTLE_ENDIAN);
  const length = encodeElements({ '00020000': ['UL', meta.byteLength] }, EXPLICIT_LITTLE_ENDIAN);
  const preamble = new Uint8Array(132);
  preamble.set(new TextEncoder().encode('DICM'), 128);
  const data = encodeElements(elements, transferSyntax);
  return concatBytes([preamble, length, meta, transferSyntax === DEFLATED ? deflateRawSync(data) : data]);
}

function encodeElements(elements: DicomElements, transferSyntax: string): Uint8Array {
  const littleEndian = transferSyntax !== EXPLICIT_BIG_ENDIAN;
  const parts = Object.entries(elements)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tag, [vr, value]]) => {
      const bytes = valueBytes(vr, value, transferSyntax);
      const encapsulated = tag === '7fe00010' && ENCAPSULATED.has(transferSyntax);
      return concatBytes([
        header(tag, vr, encapsulated ? 0xffffffff : bytes.byteLength, transferSyntax, littleEndian),
        bytes,
      ]);
    });
  return concatBytes(parts);
}

function header(
  tag: string,
  vr: string,
  length: number,
  transferSyntax: string,
  littleEndian: boolean,
): Uint8Array {
  const implicit = transferSyntax === IMPLICIT_LITTLE_ENDIAN;
  const long = !implicit && LONG_VRS.has(vr);
  const bytes = new Uint8Array(long ? 12 : 8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Number.parseInt(tag.slice(0, 4), 16), littleEndian);
  view.setUint16(2, Number.parseInt(tag.slice(4), 16), littleEndian);
  if (implicit) view.setUint32(4, length, littleEndian);
  else {
    bytes.set(new TextEncoder().encode(vr), 4);
    if (long) view.setUint32(8, length, littleEndian);
    else view.setUint16(6, length, littleEndian);
  }
  return bytes;
}

function valueBytes(vr: string, value: DicomValue, transferSyntax: string): Uint8Array {
  const littleEndian = transferSyntax !== EXPLICIT_BIG_ENDIAN;
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'object') {
    const items = value.flatMap((elements) => {
      const bytes = encodeElements(elements, transferSyntax);
      return [header('fffee000', '', bytes.byteLength, IMPLICIT_LITTLE_ENDIAN, littleEndian), bytes];
    });
    return concatBytes(items);
  }
  if (typeof value === 'number') {
    const bytes = new Uint8Array(vr === 'UL' ? 4 : 2);
    const view = new DataView(bytes.buffer);
    if (vr === 'UL') view.setUint32(0, value, littleEndian);
    else view.setUint16(0, value, littleEndian);
    return bytes;
  }
  const padding = vr === 'UI' ? '\0' : ' ';
  return new TextEncoder().encode(value.length % 2 === 0 ? value : value + padding);
}

/** How {@link dicomSeries} writes a volume. */
export interface SyntheticSeriesOptions {
  readonly transferSyntax?: string;
  readonly seriesInstanceUid?: string;
  /** How slice k is rescaled: stored numbers are (HU - intercept) / slope. */
  readonly rescale?: (k: number) => { readonly slope: number; readonly intercept: number };
  /** Whether stored numbers are signed; they are 16 bits wide. */
  readonly signed?: boolean;
  readonly bitsStored?: number;
  /** Elements of slice k that differ. */
  readonly edit?: (k: number) => DicomElements;
}

/** A CT series in DICOM that holds a volume of whole HU, a file a slice, named `0.dcm` and so on by k. */
export function dicomSeries(volume: Volume, options: SyntheticSeriesOptions = {}): NamedBytes[] {
  const { geometry } = volume;
  return Array.from({ length: geometry.size[2] }, (_, k) => {
    const bytes = dicomFile(
      { ...sliceElements(volume, k, options), ...options.edit?.(k) },
      options.transferSyntax,
    );
    return { name: `${k}.dcm`, bytes };
  });
}

function sliceElements(volume: Volume, k: number, options: SyntheticSeriesOptions): DicomElements {
  const {
    transferSyntax = EXPLICIT_LITTLE_ENDIAN,
    seriesInstanceUid = '1.2.3.4',
    rescale = () => ({ slope: 1, intercept: -1024 }),
    signed = false,
    bitsStored = 16,
  } = options;
  const { size, spacing, direction } = volume.geometry;
  const { slope, intercept } = rescale(k);
  const [columns, rows] = size;
  const plane = columns * rows;
  const stored = Array.from(volume.data.slice(k * plane, (k + 1) * plane), (hu) => (hu - intercept) / slope);
  const at = (column: number): number[] => [0, 1, 2].map((row) => direction[row * 3 + column]!);
  return {
    '00080008': ['CS', 'ORIGINAL\\PRIMARY\\AXIAL'],
    '00080016': ['UI', CT_IMAGE],
    '00080018': ['UI', `${seriesInstanceUid}.${k + 1}`],
    '00080060': ['CS', 'CT'],
    '0008103e': ['LO', 'Chest'],
    '00100020': ['LO', 'patient'],
    '00180050': ['DS', '99'],
    '0020000d': ['UI', '1.2.3'],
    '0020000e': ['UI', seriesInstanceUid],
    // Against the order of positions, as instance numbers often are.
    '00200013': ['IS', String(size[2] - k)],
    '00200032': ['DS', decimals(indexToWorld(volume.geometry, [0, 0, k]))],
    '00200037': ['DS', decimals([...at(0), ...at(1)])],
    '00200052': ['UI', '1.2.5'],
    '00280002': ['US', 1],
    '00280004': ['CS', 'MONOCHROME2'],
    '00280010': ['US', rows],
    '00280011': ['US', columns],
    '00280030': ['DS', decimals([spacing[1], spacing[0]])],
    '00280100': ['US', 16],
    '00280101': ['US', bitsStored],
    '00280102': ['US', bitsStored - 1],
    '00280103': ['US', signed ? 1 : 0],
    '00281052': ['DS', String(intercept)],
    '00281053': ['DS', String(slope)],
    '7fe00010': ['OW', encodePixels(stored, transferSyntax)],
  };
}

/** DS has at most 16 characters a number. */
const decimals = (values: readonly number[]): string =>
  values.map((value) => String(Number(value.toFixed(12))).slice(0, 16)).join('\\');

function encodePixels(stored: readonly number[], transferSyntax: string): Uint8Array {
  const bytes = new Uint8Array(2 * stored.length);
  const view = new DataView(bytes.buffer);
  stored.forEach((value, i) => view.setInt16(2 * i, value, transferSyntax !== EXPLICIT_BIG_ENDIAN));
  if (transferSyntax === RLE_LOSSLESS) return encapsulate(rleFrame(bytes));
  return ENCAPSULATED.has(transferSyntax) ? encapsulate(bytes) : bytes;
}

/** One frame of RLE: high bytes, then low bytes, in literal runs. @see DICOM part 5, annex G */
function rleFrame(littleEndianPixels: Uint8Array): Uint8Array {
  const segments = [1, 0].map((byte) => {
    const plane = littleEndianPixels.filter((_, i) => i % 2 === byte);
    const runs: number[] = [];
    for (let start = 0; start < plane.length; start += 128) {
      const run = plane.subarray(start, start + 128);
      runs.push(run.length - 1, ...run);
    }
    if (runs.length % 2 === 1) runs.push(0x80);
    return Uint8Array.from(runs);
  });
  const offsets = new Uint32Array(16);
  offsets.set([2, 64, 64 + segments[0]!.byteLength]);
  return concatBytes([new Uint8Array(offsets.buffer), ...segments]);
}

/** An empty offset table, one fragment, the end. */
export function encapsulate(frame: Uint8Array): Uint8Array {
  const item = (element: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, 0xfffe, true);
    view.setUint16(2, element, true);
    view.setUint32(4, length, true);
    return bytes;
  };
  return concatBytes([item(0xe000, 0), item(0xe000, frame.byteLength), frame, item(0xe0dd, 0)]);
}

/** Elements that each frame of a multi-frame file has for itself, by the sequence that holds them. */
const PER_FRAME: Readonly<Record<string, readonly string[]>> = {
  '00209113': ['00200032'],
  '00289145': ['00281052', '00281053'],
};

/** Those that all frames share. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  '00209116': ['00200037'],
  '00289110': ['00280030'],
};

/** The same series as one enhanced multi-frame file, its frames in descending order. */
export function enhancedDicom(volume: Volume, options: SyntheticSeriesOptions = {}): NamedBytes[] {
  const frames = Array.from({ length: volume.geometry.size[2] }, (_, k) => ({
    ...sliceElements(volume, k, options),
    ...options.edit?.(k),
  })).reverse();
  const groups = (elements: DicomElements, sequences: typeof SHARED): DicomElements =>
    Object.fromEntries(
      Object.entries(sequences).map(([sequence, tags]) => [
        sequence,
        ['SQ', [Object.fromEntries(tags.map((tag) => [tag, elements[tag]!]))]],
      ]),
    );
  const moved = new Set([...Object.values(PER_FRAME), ...Object.values(SHARED)].flat());
  const common = Object.fromEntries(Object.entries(frames[0]!).filter(([tag]) => !moved.has(tag)));
  const elements: DicomElements = {
    ...common,
    '00080016': ['UI', ENHANCED_CT_IMAGE],
    '00280008': ['IS', String(frames.length)],
    '52009229': ['SQ', [groups(frames[0]!, SHARED)]],
    '52009230': ['SQ', frames.map((frame) => groups(frame, PER_FRAME))],
    '7fe00010': ['OW', concatBytes(frames.map((frame) => frame['7fe00010']![1] as Uint8Array))],
  };
  return [{ name: 'enhanced.dcm', bytes: dicomFile(elements, options.transferSyntax) }];
}
