import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { indexToWorld, type Volume } from '@lungseg/core';

const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';

type Elements = readonly (readonly [group: number, element: number, vr: string, value: string | number])[];

/** How HU are stored: as they are in 16 bits with a sign, or as most scanners do it, 1024 more in 12 bits without one. */
export type DicomStorage = 'signed' | '12-bit';

/** Writes a volume in HU as an uncompressed CT series, a file a slice, as scanners do. */
export async function writeDicomSeries(
  folder: string,
  { data, geometry }: Volume<Int16Array>,
  storage: DicomStorage,
): Promise<void> {
  const isSigned = storage === 'signed';
  const stored = isSigned ? data : Uint16Array.from(data, (hu) => Math.min(Math.max(hu + 1024, 0), 4095));
  await mkdir(folder);
  const { size, spacing } = geometry;
  const plane = size[0] * size[1];
  for (let k = 0; k < size[2]; k++) {
    const instance = `1.2.3.4.${k + 1}`;
    const meta = encode([
      [0x0002, 0x0002, 'UI', CT_IMAGE],
      [0x0002, 0x0003, 'UI', instance],
      [0x0002, 0x0010, 'UI', EXPLICIT_LITTLE_ENDIAN],
    ]);
    const header = encode([
      [0x0008, 0x0008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'],
      [0x0008, 0x0016, 'UI', CT_IMAGE],
      [0x0008, 0x0018, 'UI', instance],
      [0x0008, 0x0060, 'CS', 'CT'],
      [0x0010, 0x0020, 'LO', 'bench'],
      [0x0020, 0x000d, 'UI', '1.2.3'],
      [0x0020, 0x000e, 'UI', '1.2.3.4'],
      [0x0020, 0x0013, 'IS', String(k + 1)],
      [0x0020, 0x0032, 'DS', indexToWorld(geometry, [0, 0, k]).join('\\')],
      [0x0020, 0x0037, 'DS', '1\\0\\0\\0\\1\\0'],
      [0x0020, 0x0052, 'UI', '1.2.5'],
      [0x0028, 0x0002, 'US', 1],
      [0x0028, 0x0004, 'CS', 'MONOCHROME2'],
      [0x0028, 0x0010, 'US', size[1]],
      [0x0028, 0x0011, 'US', size[0]],
      [0x0028, 0x0030, 'DS', `${spacing[1]}\\${spacing[0]}`],
      [0x0028, 0x0100, 'US', 16],
      [0x0028, 0x0101, 'US', isSigned ? 16 : 12],
      [0x0028, 0x0102, 'US', isSigned ? 15 : 11],
      [0x0028, 0x0103, 'US', isSigned ? 1 : 0],
      [0x0028, 0x1052, 'DS', isSigned ? '0' : '-1024'],
      [0x0028, 0x1053, 'DS', '1'],
    ]);
    const pixels = Buffer.from(stored.slice(k * plane, (k + 1) * plane).buffer);
    const pixelHeader = Buffer.from('e07f10004f57000000000000', 'hex');
    pixelHeader.writeUInt32LE(pixels.byteLength, 8);
    const length = Buffer.from('02000000554c040000000000', 'hex');
    length.writeUInt32LE(meta.byteLength, 8);
    const parts = [Buffer.alloc(128), Buffer.from('DICM'), length, meta, header, pixelHeader, pixels];
    await writeFile(join(folder, `${String(k).padStart(4, '0')}.dcm`), Buffer.concat(parts));
  }
}

function encode(elements: Elements): Buffer {
  return Buffer.concat(
    elements.flatMap(([group, element, vr, value]) => {
      const bytes = typeof value === 'number' ? uint16(value) : padded(value, vr);
      return [uint16(group), uint16(element), Buffer.from(vr), uint16(bytes.byteLength), bytes];
    }),
  );
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function padded(text: string, vr: string): Buffer {
  return Buffer.from(text.length % 2 === 0 ? text : text + (vr === 'UI' ? '\0' : ' '));
}
