import { ReadError, UnsupportedError, type Geometry, type Mat3, type Vec3 } from '@lungseg/core';
import { beginningOf, hasText } from './file-source.js';
import { bytesPerScalar, type ScalarType } from './scalars.js';
import { checkSize } from './size.js';

/** What lungseg needs of a NRRD header. */
export interface NrrdHeader {
  readonly geometry: Geometry;
  readonly type: ScalarType;
  readonly littleEndian: boolean;
  readonly encoding: 'raw' | 'gzip';
  /** Where the data begin, in bytes from the start of the file. */
  readonly dataOffset: number;
}

const TYPES: Readonly<Record<string, ScalarType>> = Object.fromEntries(
  (
    [
      ['int8', 'signed char', 'int8', 'int8_t'],
      ['uint8', 'uchar', 'unsigned char', 'uint8', 'uint8_t'],
      ['int16', 'short', 'short int', 'signed short', 'signed short int', 'int16', 'int16_t'],
      ['uint16', 'ushort', 'unsigned short', 'unsigned short int', 'uint16', 'uint16_t'],
      ['int32', 'int', 'signed int', 'int32', 'int32_t'],
      ['uint32', 'uint', 'unsigned int', 'uint32', 'uint32_t'],
      ['int64', 'longlong', 'long long', 'long long int', 'signed long long', 'int64', 'int64_t'],
      ['uint64', 'ulonglong', 'unsigned long long', 'unsigned long long int', 'uint64', 'uint64_t'],
      ['float32', 'float'],
      ['float64', 'double'],
    ] as const
  ).flatMap(([type, ...names]) => names.map((name) => [name, type] as const)),
);

/** The signs that bring a space to LPS. */
const SPACES: Readonly<Record<string, Vec3>> = {
  'left-posterior-superior': [1, 1, 1],
  lps: [1, 1, 1],
  'right-anterior-superior': [-1, -1, 1],
  ras: [-1, -1, 1],
  'left-anterior-superior': [1, -1, 1],
  las: [1, -1, 1],
};

/** A header longer than this is not one. */
const MAXIMUM_HEADER_BYTES = 1_000_000;

/**
 * Reads and checks the header of a NRRD file with its data attached.
 *
 * @param name the file's name, for messages
 * @param bytes the whole file
 * @throws ReadError when it is not a header, or one that contradicts itself
 * @throws UnsupportedError when it describes something else than one 3-D image of real numbers in its own file
 * @see https://teem.sourceforge.net/nrrd/format.html
 */
export function parseNrrdHeader(name: string, bytes: Uint8Array): NrrdHeader {
  if (!hasText(bytes, 'NRRD')) {
    throw new ReadError(
      name,
      `${name} is not a NRRD file: it begins with ${beginningOf(bytes)}. Give a .nrrd file.`,
    );
  }
  const { fields, dataOffset } = readFields(name, bytes);
  const field = (key: string): string => {
    const value = fields.get(key);
    if (value === undefined) throw damaged(name, `the field "${key}" is missing from its header`);
    return value;
  };
  if (fields.has('data file') || fields.has('datafile')) {
    throw new UnsupportedError(
      `${name} keeps its voxels in another file, which lungseg doesn't read. Convert it to a .nrrd with its data attached.`,
    );
  }
  if (Number(fields.get('line skip') ?? 0) !== 0 || Number(fields.get('byte skip') ?? 0) !== 0) {
    throw new UnsupportedError(
      `${name} skips lines or bytes before its voxels, which lungseg doesn't read. Write it again without.`,
    );
  }
  const type = TYPES[field('type').toLowerCase()];
  if (type === undefined) {
    throw new UnsupportedError(
      `${name} holds voxels of type "${field('type')}". lungseg needs one real number a voxel.`,
    );
  }
  const sizes = numbersOf(field('sizes'));
  if (sizes.length !== Number(field('dimension'))) {
    throw damaged(name, `it should have ${field('dimension')} sizes, its header says "${field('sizes')}"`);
  }
  const size = checkSize(name, sizes);
  if (sizes.length > 3)
    throw new UnsupportedError(`${name} has ${sizes.length} axes. lungseg needs three: extract them first.`);
  return {
    geometry: placed(name, size, fields),
    type,
    littleEndian: bytesPerScalar(type) === 1 || readEndian(name, field('endian')),
    encoding: readEncoding(name, field('encoding')),
    dataOffset,
  };
}

function damaged(name: string, reason: string): ReadError {
  return new ReadError(name, `${name} is damaged: ${reason}. Copy or export it again.`);
}

/** Fields by lower-case name, up to the empty line that ends the header. */
function readFields(name: string, bytes: Uint8Array): { fields: Map<string, string>; dataOffset: number } {
  const limit = Math.min(bytes.byteLength, MAXIMUM_HEADER_BYTES);
  const fields = new Map<string, string>();
  for (let start = 0; start < limit;) {
    const newline = bytes.subarray(0, limit).indexOf(10, start);
    if (newline < 0) break;
    const line = new TextDecoder('latin1').decode(bytes.subarray(start, newline)).replace(/\r$/, '');
    start = newline + 1;
    if (line === '') return { fields, dataOffset: start };
    const colon = line.indexOf(': ');
    if (line.startsWith('#') || colon < 0) continue;
    fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 2).trim());
  }
  throw damaged(name, `its header should end with an empty line within ${limit} bytes, it doesn't`);
}

function readEndian(name: string, value: string): boolean {
  if (value !== 'little' && value !== 'big')
    throw damaged(name, `its endian should be little or big, its header says "${value}"`);
  return value === 'little';
}

function readEncoding(name: string, value: string): 'raw' | 'gzip' {
  const encoding = value.toLowerCase();
  if (encoding === 'raw') return 'raw';
  if (encoding === 'gzip' || encoding === 'gz') return 'gzip';
  throw new UnsupportedError(
    `${name} has the encoding "${value}". lungseg reads raw and gzip: write it again in one of them.`,
  );
}

function placed(name: string, size: Vec3, fields: ReadonlyMap<string, string>): Geometry {
  const space = fields.get('space');
  const signs = space === undefined ? undefined : SPACES[space.toLowerCase()];
  const directions = fields.get('space directions');
  if (signs === undefined || directions === undefined) {
    throw new UnsupportedError(
      `${name} doesn't say how it lies in the patient: its space is ${space === undefined ? 'missing' : `"${space}"`}, its space directions are ${directions === undefined ? 'missing' : `"${directions}"`}. lungseg needs both, in left-posterior-superior or right-anterior-superior.`,
    );
  }
  checkUnits(name, fields.get('space units') ?? '');
  const axes = vectorsOf(directions);
  const [origin] = vectorsOf(fields.get('space origin') ?? '(0,0,0)');
  if (axes.length !== 3 || [...axes, origin].some((axis) => axis?.length !== 3)) {
    throw damaged(
      name,
      `its space directions should be three vectors of three numbers. Received: "${directions}"`,
    );
  }
  const spacing = axes.map((axis) => Math.hypot(...axis));
  const direction = [0, 1, 2].flatMap((row) =>
    axes.map((axis, column) => (signs[row]! * axis[row]!) / spacing[column]!),
  );
  return {
    size,
    spacing: spacing as unknown as Vec3,
    origin: signs.map((sign, row) => sign * origin![row]!) as unknown as Vec3,
    direction: direction as unknown as Mat3,
  };
}

/** What says mm, or nothing: NRRD's `???` is an unknown, which is taken for mm as NIfTI's is. */
const MILLIMETRES: ReadonlySet<string> = new Set([
  'mm',
  'millimeter',
  'millimeters',
  'millimetre',
  'millimetres',
  '',
  '???',
]);

/** Checks the units of the space, a word for each of its axes, which should stand in quotes. */
function checkUnits(name: string, text: string): void {
  const units = Array.from(text.matchAll(/"([^"]*)"|[^\s"]+/g), ([word, quoted]) => quoted ?? word);
  const other = units.find((unit) => !MILLIMETRES.has(unit.trim().toLowerCase()));
  if (other === undefined) return;
  throw new UnsupportedError(
    `${name} gives its spacing in ${JSON.stringify(other)}. lungseg needs millimetres: convert its space directions and origin, and set space units to "mm".`,
  );
}

const numbersOf = (text: string): number[] => text.trim().split(/\s+/).map(Number);

/** The vectors of text such as `(1,0,0) (0,1,0)`. */
const vectorsOf = (text: string): number[][] =>
  Array.from(text.matchAll(/\(([^()]*)\)/g), ([, inner]) => inner!.split(',').map(numberOf));

/** As Number, but nothing is no number. */
const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));
