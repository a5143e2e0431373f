import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { indexToWorld, type Vec3, type Volume } from '@lungseg/core';

/** How {@link writeDicomSeries} writes a volume. */
export interface SeriesOptions {
  readonly seriesInstanceUid: string;
  readonly description: string;
  /** LPS position of slice k; where the volume has it by default. */
  readonly positionOf?: (k: number) => Vec3;
}

/** Writes a volume of whole HU as a CT series in DICOM, explicit little-endian, a file a slice. */
export async function writeDicomSeries(
  folder: string,
  volume: Volume,
  options: SeriesOptions,
): Promise<void> {
  const { geometry, data } = volume;
  const { size, spacing, direction } = geometry;
  const { seriesInstanceUid, description } = options;
  const positionOf = options.positionOf ?? ((k: number) => indexToWorld(geometry, [0, 0, k]));
  const plane = size[0] * size[1];
  const axis = (column: number): number[] => [0, 1, 2].map((row) => direction[row * 3 + column]!);
  await mkdir(folder, { recursive: true });
  for (let k = 0; k < size[2]; k++) {
    const pixels = Int16Array.from(data.subarray(k * plane, (k + 1) * plane));
    const elements = [
      text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
      text(0x00080018, 'UI', `${seriesInstanceUid}.${k + 1}`),
      text(0x00080060, 'CS', 'CT'),
      text(0x0008103e, 'LO', description),
      text(0x00100020, 'LO', 'nobody'),
      text(0x0020000d, 'UI', '2.25.1'),
      text(0x0020000e, 'UI', seriesInstanceUid),
      text(0x00200032, 'DS', decimals(positionOf(k))),
      text(0x00200037, 'DS', decimals([...axis(0), ...axis(1)])),
      text(0x00200052, 'UI', '2.25.2'),
      number(0x00280002, 1),
      number(0x00280010, size[1]),
      number(0x00280011, size[0]),
      text(0x00280030, 'DS', decimals([spacing[1], spacing[0]])),
      number(0x00280100, 16),
      number(0x00280101, 16),
      number(0x00280102, 15),
      number(0x00280103, 1),
      text(0x00281052, 'DS', '0'),
      text(0x00281053, 'DS', '1'),
      element(0x7fe00010, 'OW', Buffer.from(pixels.buffer)),
    ];
    const meta = text(0x00020010, 'UI', '1.2.840.10008.1.2.1');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(meta.length);
    const start = [Buffer.alloc(128), Buffer.from('DICM'), element(0x00020000, 'UL', length), meta];
    await writeFile(join(folder, `${k}.dcm`), Buffer.concat([...start, ...elements]));
  }
}

/** A DS has at most 16 characters. */
const decimals = (values: readonly number[]): string =>
  values.map((value) => String(Number(value.toFixed(10))).slice(0, 16)).join('\\');

function number(tag: number, value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return element(tag, 'US', bytes);
}

function text(tag: number, vr: string, value: string): Buffer {
  return element(
    tag,
    vr,
    Buffer.from(value.length % 2 === 0 ? value : `${value}${vr === 'UI' ? '\0' : ' '}`),
  );
}

function element(tag: number, vr: string, value: Buffer): Buffer {
  const header = Buffer.alloc(vr === 'OW' ? 12 : 8);
  header.writeUInt16LE(tag >>> 16);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write(vr, 4, 'latin1');
  if (vr === 'OW') header.writeUInt32LE(value.length, 8);
  else header.writeUInt16LE(value.length, 6);
  return Buffer.concat([header, value]);
}
