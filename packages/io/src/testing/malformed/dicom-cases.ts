import { deflateRawSync } from 'node:zlib';
import type { NamedBytes, Rng } from '@lungseg/core';
import {
  DEFLATED,
  dicomFile,
  dicomSeries,
  EXPLICIT_BIG_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  RLE_LOSSLESS,
  type DicomElements,
} from '../synthetic-dicom.js';
import { huVolume } from '../volumes.js';
import { deflateBomb } from './bombs.js';
import { CaseList, edited, joined, type MalformedCase } from './damage.js';

/** The slice that is damaged. */
const DAMAGED = 2;

const volume = huVolume({ origin: [-10, 20, 30] });

/** A series with one slice replaced. */
const withSlice = (bytes: Uint8Array, transferSyntax?: string): NamedBytes[] =>
  dicomSeries(volume, transferSyntax === undefined ? {} : { transferSyntax }).map((file, k) =>
    k === DAMAGED ? { ...file, bytes } : file,
  );

/** A slice with elements that differ. */
const sliceWith = (elements: DicomElements, transferSyntax?: string): Uint8Array =>
  dicomSeries(volume, {
    edit: (k) => (k === DAMAGED ? elements : {}),
    ...(transferSyntax === undefined ? {} : { transferSyntax }),
  })[DAMAGED]!.bytes;

/** Damaged DICOM: one slice of a series, or all of it. */
export function dicomCases(rng: Rng): MalformedCase[] {
  return [
    ...headers(rng),
    ...values(),
    ...wholeSeries(),
    ...sequences(),
    ...compressed(rng),
    ...deflated(rng),
  ];
}

function headers(rng: Rng): MalformedCase[] {
  const list = new CaseList('DICOM', (bytes) => withSlice(bytes));
  const slice = sliceWith({});
  list.cutAt(slice, {
    'the start': 0,
    'the mark': 132,
    ...elementStarts(slice),
    'the end': slice.byteLength - 1,
  });
  const pixels = slice.byteLength - 40;
  list.flipBits(slice, rng, 110, [128, pixels]);
  for (const [name, transferSyntax] of [
    ['implicit', IMPLICIT_LITTLE_ENDIAN],
    ['big-endian', EXPLICIT_BIG_ENDIAN],
  ] as const) {
    const other = new CaseList(`DICOM ${name}`, (bytes) => withSlice(bytes, transferSyntax));
    const bytes = sliceWith({}, transferSyntax);
    other.flipBits(bytes, rng, 25, [128, bytes.byteLength - 40]);
    list.cases.push(...other.cases);
  }
  return list.cases;
}

/** Where the elements of an explicit little-endian file begin, by tag. */
export function elementStarts(file: Uint8Array): Record<string, number> {
  const view = new DataView(file.buffer);
  const starts: Record<string, number> = {};
  for (let at = 132; at < file.byteLength;) {
    const tag = [view.getUint16(at, true), view.getUint16(at + 2, true)]
      .map((part) => part.toString(16).padStart(4, '0'))
      .join('');
    starts[`element ${tag}`] = at;
    const isLong = ['OW', 'SQ'].includes(String.fromCharCode(file[at + 4]!, file[at + 5]!));
    at += isLong ? 12 + view.getUint32(at + 8, true) : 8 + view.getUint16(at + 6, true);
  }
  return starts;
}

/** Values of one slice; the others disagree with it. */
const WRONG_VALUES: Readonly<Record<string, readonly [vr: string, ...values: (string | number)[]]>> = {
  '00200032': ['DS', 'NaN\\0\\0', 'Infinity\\0\\0', '0\\0', '', '1e400\\0\\0', '-10\\20\\1e300', 'a\\b\\c'],
  '00200037': [
    'DS',
    '0\\0\\0\\0\\0\\0',
    'NaN\\0\\0\\0\\1\\0',
    '1\\0\\0\\1\\0\\0',
    '1\\0\\0',
    '',
    '5\\0\\0\\0\\5\\0',
  ],
  '00280002': ['US', 0, 3, 65535],
  '00280008': ['IS', '0', '-1', '2', '1000000000', 'NaN', '1e99'],
  '00280010': ['US', 0, 1, 5, 65535],
  '00280011': ['US', 0, 1, 6, 65535],
  '00280030': ['DS', '0\\0', '-1\\1', 'NaN\\1', '1', '', '1e-300\\1', '1e300\\1'],
  '00280100': ['US', 0, 1, 12, 64, 65535],
  '00280101': ['US', 0, 17, 65535],
  '00280102': ['US', 3, 65535],
  '00281052': ['DS', 'NaN', '1e300', 'Infinity'],
  '00281053': ['DS', 'NaN', '0', '1e300', 'Infinity'],
};

/** Values that leave a slice readable, or are read as if they were missing. */
const MAY_BE_READ = /^(00280008 "(0|-1|NaN|1e99)"|00280002)/;

function values(): MalformedCase[] {
  const list = new CaseList('DICOM', (bytes) => withSlice(bytes));
  for (const [tag, [vr, ...wrong]] of Object.entries(WRONG_VALUES)) {
    for (const value of wrong) {
      const name = `${tag} "${value}"`;
      list.add(name, () => sliceWith({ [tag]: [vr, value] }), !MAY_BE_READ.test(name));
    }
  }
  for (const syntax of [
    '1.2.3',
    '',
    '1.2.840.10008.1.2.4.50',
    '1.2.840.10008.1.2.4.90',
    '1.2.840.10008.1.2.5',
  ]) {
    // The pixels are plain still, which the codec may see.
    list.add(
      `transfer syntax "${syntax}"`,
      () => transferSyntaxReplaced(sliceWith({}), syntax),
      syntax.length < 6,
    );
  }
  list.add('without the file meta information', () => {
    const slice = sliceWith({});
    return joined(slice.subarray(0, 132), slice.subarray(elementStarts(slice)['element 00080008']));
  });
  list.add('all zeros', () => new Uint8Array(2000));
  list.add('a text', () => new TextEncoder().encode('a text that is not DICOM'.repeat(20)));
  list.add('of random bytes behind the mark', () => {
    const slice = sliceWith({});
    return slice.map((byte, n) => (n < 132 ? byte : (n * 2654435761) >>> 24));
  });
  return list.cases;
}

function transferSyntaxReplaced(slice: Uint8Array, syntax: string): Uint8Array {
  const elements = elementStarts(slice);
  const rest = slice.subarray(elements['element 00080008']);
  return joined(dicomFile({}, syntax), rest);
}

/** The same wrong value in all slices, so that they agree. */
function wholeSeries(): MalformedCase[] {
  const cases: MalformedCase[] = [];
  const add = (name: string, edit: (k: number) => DicomElements, mustFail = true): void => {
    const make = () => dicomSeries(volume, { edit });
    cases.push({ name: `DICOM series: ${name}`, format: 'DICOM series', mustFail, make });
  };
  for (const [tag, [vr, ...wrong]] of Object.entries(WRONG_VALUES)) {
    for (const value of wrong) {
      const name = `${tag} "${value}"`;
      const isRead = MAY_BE_READ.test(name) || /^0028001[01] "(1|5|6)"|^00280030 "1e3/.test(name);
      if (tag !== '00200032') add(name, () => ({ [tag]: [vr, value] }), !isRead);
    }
  }
  add('all slices at one place', () => ({ '00200032': ['DS', '0\\0\\0'] }));
  add('slices 1e300 mm apart', (k) => ({ '00200032': ['DS', `0\\0\\${k}e300`] }));
  add('slices 1e-9 mm apart', (k) => ({ '00200032': ['DS', `0\\0\\${k}e-9`] }));
  add('slices that move to and fro', (k) => ({ '00200032': ['DS', `0\\0\\${[0, 9, 1, 7, 30, 2][k]}`] }));
  add('another frame of orientation in each slice', (k) => ({
    '00200037': [
      'DS',
      `${Math.cos(k).toFixed(6)}\\${Math.sin(k).toFixed(6)}\\0\\${(-Math.sin(k)).toFixed(6)}\\${Math.cos(k).toFixed(6)}\\0`,
    ],
  }));
  return cases;
}

const uint32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const ITEM = Uint8Array.of(0xfe, 0xff, 0, 0xe0);
const ITEM_END = Uint8Array.of(0xfe, 0xff, 0x0d, 0xe0);
const SEQUENCE_END = Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0);
const UNDEFINED = 0xffffffff;
const SEQUENCE = Uint8Array.of(0x08, 0, 0x40, 0x11, 0x53, 0x51, 0, 0);

/** Sequences (0008,1140) that lie about their length, nest without end, or never end. */
function sequences(): MalformedCase[] {
  const list = new CaseList('DICOM sequence', (bytes) => withSlice(bytes));
  const slice = sliceWith({});
  const at = elementStarts(slice)['element 00100020']!;
  const inserted = (...parts: readonly (Uint8Array | readonly Uint8Array[])[]): Uint8Array =>
    new Uint8Array(Buffer.concat([slice.subarray(0, at), parts.flat(), slice.subarray(at)].flat()));
  const nested = (depth: number, length: number): Uint8Array[] =>
    Array.from({ length: depth }, () => [SEQUENCE, uint32(length), ITEM, uint32(length)]).flat();
  const closed = (depth: number): Uint8Array[] =>
    Array.from({ length: depth }, () => [ITEM_END, uint32(0), SEQUENCE_END, uint32(0)]).flat();
  for (const depth of [1, 10, 1000, 100_000]) {
    list.add(`${depth} deep, without an end`, () => inserted(nested(depth, UNDEFINED)));
    list.add(`${depth} deep, closed`, () => inserted(nested(depth, UNDEFINED), closed(depth)), false);
    list.add(`${depth} deep, of length 0`, () => inserted(nested(depth, 0)), false);
    list.add(`${depth} deep, of 4 GB`, () => inserted(nested(depth, 0xfffffffe)));
  }
  for (const length of [1, 7, 100, 0x7fffffff, 0xfffffffe]) {
    list.add(`of ${length} bytes, with none`, () => inserted(SEQUENCE, uint32(length)), false);
    list.add(`with an item of ${length} bytes, with none`, () =>
      inserted(SEQUENCE, uint32(UNDEFINED), ITEM, uint32(length)),
    );
  }
  const items = Array.from({ length: 100_000 }, () => joined(ITEM, uint32(0)));
  list.add('of 100000 empty items', () => inserted(SEQUENCE, uint32(8 * items.length), items), false);
  list.add('of 100000 empty items, without an end', () => inserted(SEQUENCE, uint32(UNDEFINED), items));
  list.add(
    'of 200000 ends',
    () => inserted(Array.from({ length: 200_000 }, () => joined(ITEM_END, uint32(0)))),
    false,
  );
  list.add(
    'whose item holds the file itself',
    () => inserted(SEQUENCE, uint32(8 + slice.byteLength), ITEM, uint32(slice.byteLength), slice),
    false,
  );
  return list.cases;
}

function compressed(rng: Rng): MalformedCase[] {
  const list = new CaseList('DICOM RLE', (bytes) => withSlice(bytes, RLE_LOSSLESS));
  const slice = sliceWith({}, RLE_LOSSLESS);
  // The offset table's item, the frame's item, 64 bytes of segment offsets, two segments of 21 bytes and the end.
  const frame = slice.byteLength - 8 - 64 - 44;
  list.cutAt(slice, { 'the offset table': frame - 16, 'the frame': frame, 'the end': slice.byteLength - 8 });
  list.flipBits(slice, rng, 12, [frame - 16, slice.byteLength]);
  list.add('an offset beyond the frame', () =>
    edited(slice, (view) => view.setUint32(frame + 4, 0xfffffff0, true)),
  );
  list.add('15 segments', () => edited(slice, (view) => view.setUint32(frame, 15, true)), false);
  list.add('a frame of 4 GB', () => edited(slice, (view) => view.setUint32(frame - 4, 0xfffffffe, true)));
  return list.cases;
}

function deflated(rng: Rng): MalformedCase[] {
  const list = new CaseList('DICOM deflated', (bytes) => withSlice(bytes, DEFLATED));
  const slice = sliceWith({}, DEFLATED);
  const meta = dicomFile({}, DEFLATED).byteLength - deflateRawSync(new Uint8Array(0)).byteLength;
  list.cutAt(slice, {
    'the stream': meta,
    middle: (meta + slice.byteLength) >> 1,
    'the end': slice.byteLength - 1,
  });
  list.flipBits(slice, rng, 25, [meta, slice.byteLength]);
  for (const megabytes of [600, 4096, 16384])
    list.add(`${megabytes} MB of zeros`, () => joined(slice.subarray(0, meta), deflateBomb(megabytes)));
  return list.cases;
}
