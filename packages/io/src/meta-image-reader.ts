import {
  ReadError,
  UnsupportedError,
  voxelCount,
  type Geometry,
  type Mat3,
  type NamedBytes,
  type Vec3,
  type VolumeReader,
} from '@lungseg/core';
import { attachedVoxels } from './attached-voxels.js';
import { beginningOf, hasText, onlyFile } from './file-source.js';
import { geometryOfParts, volumeOfVoxels } from './placed-volume.js';
import type { ReadFilesOptions, ReadResult } from './read-options.js';
import { bytesPerScalar, decodeScalars, type ScalarType } from './scalars.js';
import { checkSize } from './size.js';

/** MetaImage's names of types. @see https://itk.org/Wiki/ITK/MetaIO/Documentation */
export const META_IMAGE_TYPES: Readonly<Record<ScalarType, string>> = {
  int8: 'MET_CHAR',
  uint8: 'MET_UCHAR',
  int16: 'MET_SHORT',
  uint16: 'MET_USHORT',
  int32: 'MET_INT',
  uint32: 'MET_UINT',
  int64: 'MET_LONG_LONG',
  uint64: 'MET_ULONG_LONG',
  float32: 'MET_FLOAT',
  float64: 'MET_DOUBLE',
};

/** A header longer than this is not one. */
export const MAXIMUM_HEADER_BYTES = 1_000_000;

/**
 * Reads MetaImage, raw or compressed: with its data in the same file (.mha), or in a second one (.mhd).
 *
 * @see https://itk.org/Wiki/ITK/MetaIO/Documentation
 */
export const metaImageReader = {
  id: 'meta-image',
  extensions: ['.mha', '.mhd'],
  /** Whether the first bytes are a MetaImage header's. */
  sniff: (head: Uint8Array) => hasText(head, 'ObjectType') || hasText(head, 'NDims'),
  /** Reads a MHA file, or a MHD file and that of its data; see {@link VolumeReader}. */
  read: async (files: readonly NamedBytes[]) => (await readMetaImage(files)).volume,
} as const satisfies VolumeReader;

/** As {@link metaImageReader}, with options. */
export async function readMetaImage(
  files: readonly NamedBytes[],
  options: ReadFilesOptions = {},
): Promise<ReadResult> {
  const [header, data, ...others] = files;
  if (header === undefined || others.length > 0) onlyFile(files, 'MetaImage');
  const { name, bytes } = header!;
  if (!metaImageReader.sniff(bytes)) {
    throw new ReadError(
      name,
      `${name} is not a MetaImage file: it begins with ${beginningOf(bytes)}. Give a .mha file.`,
    );
  }
  const { fields, dataOffset } = readFields(name, bytes);
  checkForm(name, fields);
  if ((fields.get('ElementDataFile') === 'LOCAL') !== (data === undefined)) {
    throw new ReadError(
      name,
      `${name} keeps its voxels in ${JSON.stringify(fields.get('ElementDataFile'))}. Received: ${files.length} file${files.length === 1 ? '' : 's'}. Give the header and that file, and no other.`,
    );
  }
  const type = readType(name, fields);
  const geometry = geometryOfParts(name, readPlace(name, fields));
  const compressed = isTrue(fields.get('CompressedData'));
  const length = voxelCount(geometry) * bytesPerScalar(type);
  if (data !== undefined && !compressed) checkRaw(name, data, length);
  const voxels = await attachedVoxels(
    {
      name: data?.name ?? name,
      bytes: data?.bytes ?? bytes.subarray(dataOffset),
      compression: compressed ? 'deflate' : undefined,
      length,
    },
    options.codecs ?? {},
  );
  const bigEndian = isTrue(fields.get('BinaryDataByteOrderMSB') ?? fields.get('ElementByteOrderMSB'));
  const numbers = decodeScalars(voxels, type, !bigEndian);
  return {
    volume: volumeOfVoxels(name, numbers, geometry, options.kind),
    format: 'meta-image',
    warnings: [],
  };
}

/** A file of nothing but voxels that has more bytes than these take belongs to another header, or is the header itself. */
function checkRaw(name: string, data: NamedBytes, length: number): void {
  if (data.name !== name && data.bytes.byteLength <= length) return;
  throw new ReadError(
    data.name,
    `${data.name} should hold ${length} bytes of voxels and nothing else, by what ${name} says. Received: ${data.name === name ? 'the header itself' : `${data.bytes.byteLength} bytes`}. Give the file that belongs to it.`,
  );
}

/**
 * The file in which a MetaImage header says that its voxels are, as it stands there; undefined where they follow the
 * header, or the file is no MetaImage.
 */
export function detachedDataOf({ name, bytes }: NamedBytes): string | undefined {
  if (!metaImageReader.sniff(bytes)) return undefined;
  const { fields } = readFields(name, bytes);
  const file = fields.get('ElementDataFile')!;
  return file === 'LOCAL' || isSeveralFiles(file) ? undefined : file;
}

/** `LIST`, or a pattern with the numbers of the first file, the last and the step. */
const isSeveralFiles = (file: string): boolean => /^LIST\b|%/.test(file);

type Fields = ReadonlyMap<string, string>;

/** Fields by name, up to ElementDataFile, which ends the header. */
function readFields(name: string, bytes: Uint8Array): { fields: Fields; dataOffset: number } {
  const limit = Math.min(bytes.byteLength, MAXIMUM_HEADER_BYTES);
  const fields = new Map<string, string>();
  for (let start = 0; start < limit;) {
    const newline = bytes.subarray(0, limit).indexOf(10, start);
    if (newline < 0) break;
    const line = new TextDecoder('latin1').decode(bytes.subarray(start, newline));
    start = newline + 1;
    const equals = line.indexOf('=');
    if (equals < 0) continue;
    fields.set(line.slice(0, equals).trim(), line.slice(equals + 1).trim());
    if (fields.has('ElementDataFile')) return { fields, dataOffset: start };
  }
  throw damaged(name, `its header should end with ElementDataFile within ${limit} bytes, it doesn't`);
}

function checkForm(name: string, fields: Fields): void {
  if (isSeveralFiles(fields.get('ElementDataFile')!)) {
    throw new UnsupportedError(
      `${name} keeps its voxels in several files, which lungseg doesn't read. Convert it to a .mha file.`,
    );
  }
  if (fields.has('BinaryData') && !isTrue(fields.get('BinaryData'))) {
    throw new UnsupportedError(
      `${name} holds its voxels as text. lungseg needs binary data: write it again.`,
    );
  }
  if (Number(fields.get('HeaderSize') ?? 0) !== 0) {
    throw new UnsupportedError(
      `${name} uses HeaderSize, which lungseg doesn't read. Write it again without.`,
    );
  }
}

function readType(name: string, fields: Fields): ScalarType {
  const channels = Number(fields.get('ElementNumberOfChannels') ?? 1);
  const text = fields.get('ElementType');
  const known = Object.entries(META_IMAGE_TYPES).find(([, label]) => label === text);
  if (known === undefined || channels !== 1) {
    throw new UnsupportedError(
      `${name} holds voxels of type ${text ?? 'unknown'} with ${channels} channels. lungseg needs one real number a voxel.`,
    );
  }
  return known[0] as ScalarType;
}

function readPlace(name: string, fields: Fields): Geometry {
  const required = (key: string): string => {
    const value = fields.get(key);
    if (value === undefined || value === '') throw damaged(name, `${key} is missing from its header`);
    return value;
  };
  const dimensions = required('NDims');
  const sizes = numbersOf(required('DimSize'));
  const size = checkSize(name, sizes);
  if (sizes.length !== 3 || dimensions !== '3') {
    throw new UnsupportedError(`${name} has ${dimensions} axes. lungseg needs three: extract them first.`);
  }
  // MetaImage would have 1 mm, which is a guess; where the image lies is one, too, but does not change its shape.
  if (!fields.has('ElementSpacing') && !fields.has('ElementSize')) required('ElementSpacing');
  const numbers = (fallback: readonly number[], ...keys: readonly string[]): readonly number[] => {
    const key = keys.find((candidate) => fields.has(candidate));
    if (key === undefined) return fallback;
    const values = numbersOf(fields.get(key)!);
    if (values.length !== fallback.length || !values.every(Number.isFinite)) {
      throw damaged(
        name,
        `${key} should be ${fallback.length} finite numbers. Received: "${fields.get(key)}"`,
      );
    }
    return values;
  };
  const matrix = numbers([1, 0, 0, 0, 1, 0, 0, 0, 1], 'TransformMatrix', 'Rotation', 'Orientation');
  // MetaImage lists the matrix axis by axis; a direction's columns are the axes.
  const direction = [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => matrix[column * 3 + row]!));
  return {
    size,
    spacing: numbers([1, 1, 1], 'ElementSpacing', 'ElementSize') as unknown as Vec3,
    origin: numbers([0, 0, 0], 'Offset', 'Position', 'Origin') as unknown as Vec3,
    direction: direction as unknown as Mat3,
  };
}

const isTrue = (text: string | undefined): boolean => text !== undefined && /^(true|1)$/i.test(text);

const numbersOf = (text: string): number[] => (text === '' ? [] : text.split(/\s+/).map(Number));

function damaged(name: string, reason: string): ReadError {
  return new ReadError(name, `${name} is damaged: ${reason}. Copy or export it again.`);
}
