import { concatBytes } from './concat-bytes.js';
import type { DicomInstance } from './dicom-header.js';
import { CT_IMAGE } from './dicom-series.js';

const LONG_VRS: ReadonlySet<string> = new Set(['OB', 'OW']);

type Element = readonly [tag: number, vr: string, value: string | number | Uint8Array];

/**
 * A DICOM file with one compressed frame, and no more in its header than a decoder needs: no rescale, so that it gives
 * the stored numbers, and nothing of the patient.
 *
 * @param instance whose frame it is
 * @param fragments the frame's
 * @param order its place among those that are decoded together
 */
export function dicomFrameFile(
  { pixels, transferSyntax }: DicomInstance,
  fragments: readonly Uint8Array[],
  order: number,
): Uint8Array {
  const { rows, columns, bitsAllocated, bitsStored, highBit, signed } = pixels!;
  const uid = `2.25.${order + 1}`;
  const meta = encode([
    [0x00020002, 'UI', CT_IMAGE],
    [0x00020003, 'UI', uid],
    [0x00020010, 'UI', transferSyntax],
  ]);
  const data = encode([
    [0x00080016, 'UI', CT_IMAGE],
    [0x00080018, 'UI', uid],
    [0x00080060, 'CS', 'CT'],
    [0x0020000d, 'UI', '2.25.1'],
    [0x0020000e, 'UI', '2.25.1'],
    [0x00200013, 'IS', String(order + 1)],
    [0x00200032, 'DS', `0\\0\\${order}`],
    [0x00200037, 'DS', '1\\0\\0\\0\\1\\0'],
    [0x00280002, 'US', 1],
    [0x00280004, 'CS', 'MONOCHROME2'],
    [0x00280010, 'US', rows],
    [0x00280011, 'US', columns],
    [0x00280030, 'DS', '1\\1'],
    [0x00280100, 'US', bitsAllocated],
    [0x00280101, 'US', bitsStored],
    [0x00280102, 'US', highBit],
    [0x00280103, 'US', signed ? 1 : 0],
  ]);
  const preamble = new Uint8Array(132);
  preamble.set(new TextEncoder().encode('DICM'), 128);
  const pixelHeader = header(0x7fe00010, 'OB', 0xffffffff);
  const items = [new Uint8Array(0), ...fragments].flatMap((bytes) => [item(0xe000, bytes.byteLength), bytes]);
  const length = encode([[0x00020000, 'UL', meta.byteLength]]);
  return concatBytes([preamble, length, meta, data, pixelHeader, ...items, item(0xe0dd, 0)]);
}

function encode(elements: readonly Element[]): Uint8Array {
  return concatBytes(
    elements.flatMap(([tag, vr, value]) => {
      const bytes = valueBytes(vr, value);
      return [header(tag, vr, bytes.byteLength), bytes];
    }),
  );
}

function header(tag: number, vr: string, length: number): Uint8Array {
  const isLong = LONG_VRS.has(vr);
  const bytes = new Uint8Array(isLong ? 12 : 8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, tag >>> 16, true);
  view.setUint16(2, tag & 0xffff, true);
  bytes.set(new TextEncoder().encode(vr), 4);
  if (isLong) view.setUint32(8, length, true);
  else view.setUint16(6, length, true);
  return bytes;
}

function item(element: number, length: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xfffe, true);
  view.setUint16(2, element, true);
  view.setUint32(4, length, true);
  return bytes;
}

function valueBytes(vr: string, value: string | number | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'number') {
    const bytes = new Uint8Array(vr === 'UL' ? 4 : 2);
    const view = new DataView(bytes.buffer);
    if (vr === 'UL') view.setUint32(0, value, true);
    else view.setUint16(0, value, true);
    return bytes;
  }
  // Values have an even length: UIDs end in a zero, texts in a space.
  const padding = value.length % 2 === 0 ? '' : vr === 'UI' ? '\0' : ' ';
  return new TextEncoder().encode(value + padding);
}
