import dicomParser, { type DataSet } from 'dicom-parser';
import { createGeometry, type Geometry, type Mat3, type Vec3 } from '@lungseg/core';

/** A frame of a DICOM segmentation as a reader that knows nothing of the writer finds it. */
export interface SegmentationFrame {
  readonly segment: number;
  /** The frame's own grid, one slice thick. */
  readonly geometry: Geometry;
  /** 0 or 1, i fastest. */
  readonly pixels: Uint8Array;
  /** SOPInstanceUID of the image it was made from, and the frame of it. */
  readonly sourceInstance: string;
  readonly sourceFrame: string | undefined;
}

/** The data set of a DICOM file. */
export function parseDicom(parts: readonly Uint8Array[]): DataSet {
  return dicomParser.parseDicom(new Uint8Array(Buffer.concat(parts)));
}

/** The first item of a sequence, or of a sequence in it and so on. */
export function itemOf(data: DataSet, ...tags: readonly string[]): DataSet {
  return tags.reduce((at, tag) => at.elements[`x${tag}`]!.items![0]!.dataSet!, data);
}

/** The items of a sequence. */
export function itemsOf(data: DataSet, tag: string): DataSet[] {
  return data.elements[`x${tag}`]!.items!.map(({ dataSet }) => dataSet!);
}

/** Value, scheme and meaning of a code. */
export function codeOf(item: DataSet): (string | undefined)[] {
  return ['x00080100', 'x00080102', 'x00080104'].map((tag) => item.string(tag));
}

const numbers = (text: string | undefined): number[] => text!.split('\\').map(Number);

/** The frames of a segmentation in one bit a pixel. */
export function readSegmentation(data: DataSet): SegmentationFrame[] {
  const [rows, columns] = [data.uint16('x00280010')!, data.uint16('x00280011')!];
  const shared = itemOf(data, '52009229');
  const [ix, iy, iz, jx, jy, jz] = numbers(itemOf(shared, '00209116').string('x00200037')) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const measures = itemOf(shared, '00289110');
  const [rowSpacing, columnSpacing] = numbers(measures.string('x00280030')) as [number, number];
  const k: Vec3 = [iy * jz - iz * jy, iz * jx - ix * jz, ix * jy - iy * jx];
  const direction: Mat3 = [ix, jx, k[0], iy, jy, k[1], iz, jz, k[2]];
  const { dataOffset } = data.elements['x7fe00010']!;
  return itemsOf(data, '52009230').map((frame, n) => ({
    segment: itemOf(frame, '0062000a').uint16('x0062000b')!,
    geometry: createGeometry({
      size: [columns, rows, 1],
      spacing: [columnSpacing, rowSpacing, Number(measures.string('x00180088'))],
      origin: numbers(itemOf(frame, '00209113').string('x00200032')) as unknown as Vec3,
      direction,
    }),
    pixels: Uint8Array.from({ length: rows * columns }, (_, pixel) => {
      const bit = n * rows * columns + pixel;
      return (data.byteArray[dataOffset + (bit >> 3)]! >> (bit & 7)) & 1;
    }),
    sourceInstance: itemOf(frame, '00089124', '00082112').string('x00081155')!,
    sourceFrame: itemOf(frame, '00089124', '00082112').string('x00081160'),
  }));
}
