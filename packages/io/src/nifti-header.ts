import { ReadError, UnsupportedError, type Affine, type Vec3 } from '@lungseg/core';
import { beginningOf, hasText } from './file-source.js';
import { niftiAffine, type NiftiAxes } from './nifti-affine.js';
import { bytesPerScalar, type ScalarType } from './scalars.js';
import { checkSize } from './size.js';

/** What lungseg needs of a NIfTI header. */
export interface NiftiHeader {
  readonly littleEndian: boolean;
  readonly size: Vec3;
  readonly type: ScalarType;
  /** NIfTI's code of what the numbers are; 0 where that isn't said. */
  readonly intent: number;
  /** Where the voxels begin, in bytes from the start of the file. */
  readonly voxelOffset: number;
  /** The voxels' length in bytes. */
  readonly voxelBytes: number;
  /** What stored numbers are multiplied by, and what is then added; 1 and 0 where the header says nothing. */
  readonly slope: number;
  readonly intercept: number;
  /** Voxel index to RAS+ mm. */
  readonly affine: Affine;
  /** Which of the header's transforms the affine is. */
  readonly affineFrom: 'sform' | 'qform' | 'pixdim';
}

/** NIfTI's codes of types. @see https://nifti.nimh.nih.gov/pub/dist/src/niftilib/nifti1.h */
export const NIFTI_DATATYPES: Readonly<Record<ScalarType, number>> = {
  uint8: 2,
  int16: 4,
  int32: 8,
  float32: 16,
  float64: 64,
  int8: 256,
  uint16: 512,
  uint32: 768,
  int64: 1024,
  uint64: 1280,
};

const OTHER_DATATYPES: Readonly<Record<number, string>> = {
  1: 'binary',
  32: 'complex64',
  128: 'RGB',
  1536: 'float128',
  1792: 'complex128',
  2048: 'complex256',
  2304: 'RGBA',
};

/** Byte offsets of the fields, in NIfTI-1 (real numbers are float32) and NIfTI-2 (float64). */
const LAYOUTS = {
  348: {
    real: 4,
    magic: 344,
    singleFileMagic: 'n+1\0',
    pairMagic: 'ni1\0',
    dim: 40,
    intent: 68,
    datatype: 70,
    pixdim: 76,
    voxOffset: 108,
    slope: 112,
    intercept: 116,
    units: 123,
    qformCode: 252,
    sformCode: 254,
    quatern: 256,
    qoffset: 268,
    srow: 280,
  },
  540: {
    real: 8,
    magic: 4,
    singleFileMagic: 'n+2\0\r\n\x1a\n',
    pairMagic: 'ni2\0',
    dim: 16,
    intent: 504,
    datatype: 12,
    pixdim: 104,
    voxOffset: 168,
    slope: 176,
    intercept: 184,
    units: 500,
    qformCode: 344,
    sformCode: 348,
    quatern: 352,
    qoffset: 376,
    srow: 400,
  },
} as const;

type Layout = (typeof LAYOUTS)[348 | 540];

/** Extensions before the voxels take no more bytes than this. */
const MAXIMUM_VOXEL_OFFSET = 2 ** 28;

/** The longest header that {@link parseNiftiHeader} looks at: NIfTI-2's. */
export const NIFTI_HEADER_BYTES = 540;

/** The layout and byte order that the first bytes announce, or undefined where they aren't NIfTI. */
function detectLayout(bytes: Uint8Array): { layout: Layout; littleEndian: boolean } | undefined {
  if (bytes.byteLength < 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const littleEndian of [true, false]) {
    const length = view.getInt32(0, littleEndian);
    if (length === 348 || length === 540) return { layout: LAYOUTS[length], littleEndian };
  }
  return undefined;
}

/** Whether unpacked bytes begin as a NIfTI-1 or NIfTI-2 header does. */
export function looksLikeNifti(bytes: Uint8Array): boolean {
  return detectLayout(bytes) !== undefined;
}

/**
 * Reads and checks a NIfTI-1 or NIfTI-2 header.
 *
 * @param name the file's name, for messages
 * @param bytes the first bytes of the unpacked file, at least {@link NIFTI_HEADER_BYTES} where it has them
 * @throws ReadError when it is not a header, or one that contradicts itself
 * @throws UnsupportedError when it describes something else than one 3-D image of real numbers
 * @see https://nifti.nimh.nih.gov/nifti-1/documentation/nifti1fields
 */
export function parseNiftiHeader(name: string, bytes: Uint8Array): NiftiHeader {
  const detected = detectLayout(bytes);
  if (detected === undefined) {
    throw new ReadError(
      name,
      `${name} is not a NIfTI file: it begins with ${beginningOf(bytes)}. Give a .nii or .nii.gz file.`,
    );
  }
  const { layout, littleEndian } = detected;
  const headerLength = layout === LAYOUTS[348] ? 348 : 540;
  if (bytes.byteLength < headerLength) {
    throw new ReadError(
      name,
      `${name} is truncated: its header should have ${headerLength} bytes, it has ${bytes.byteLength}. Copy or download it again.`,
    );
  }
  checkMagic(name, bytes, layout);
  const fields = new Fields(bytes, layout, littleEndian);
  const type = readType(name, fields.int16(layout.datatype));
  const size = readSize(name, fields);
  const voxelOffset = fields.offset(layout.voxOffset);
  if (!Number.isInteger(voxelOffset) || voxelOffset < headerLength || voxelOffset > MAXIMUM_VOXEL_OFFSET) {
    throw new ReadError(
      name,
      `${name} is damaged: its voxels should begin between bytes ${headerLength} and ${MAXIMUM_VOXEL_OFFSET}, its header says ${voxelOffset}. Copy or download it again.`,
    );
  }
  checkUnits(name, bytes[layout.units]! & 7);
  const scaling = readScaling(fields);
  const axes = readAxes(fields);
  return {
    littleEndian,
    size,
    type,
    intent: fields.code(layout.intent),
    voxelOffset,
    voxelBytes: size[0] * size[1] * size[2] * bytesPerScalar(type),
    ...scaling,
    ...niftiAffine(name, size, axes),
  };
}

/** Reads fields by the layout. */
class Fields {
  readonly #view: DataView;

  constructor(
    bytes: Uint8Array,
    readonly layout: Layout,
    readonly littleEndian: boolean,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  int16(offset: number): number {
    return this.#view.getInt16(offset, this.littleEndian);
  }

  /** Short in NIfTI-1; int64 (sizes, offset) or int32 (codes) in NIfTI-2. */
  dimension(index: number): number {
    return this.layout.real === 4
      ? this.int16(this.layout.dim + 2 * index)
      : Number(this.#view.getBigInt64(this.layout.dim + 8 * index, this.littleEndian));
  }

  code(offset: number): number {
    return this.layout.real === 4 ? this.int16(offset) : this.#view.getInt32(offset, this.littleEndian);
  }

  offset(offset: number): number {
    return this.layout.real === 4
      ? this.#view.getFloat32(offset, this.littleEndian)
      : Number(this.#view.getBigInt64(offset, this.littleEndian));
  }

  reals(offset: number, count: number): number[] {
    return Array.from({ length: count }, (_, i) =>
      this.layout.real === 4
        ? this.#view.getFloat32(offset + 4 * i, this.littleEndian)
        : this.#view.getFloat64(offset + 8 * i, this.littleEndian),
    );
  }
}

function checkMagic(name: string, bytes: Uint8Array, layout: Layout): void {
  if (hasText(bytes, layout.singleFileMagic, layout.magic)) return;
  if (hasText(bytes, layout.pairMagic, layout.magic)) {
    throw new UnsupportedError(
      `${name} is the header of a .hdr and .img pair, which lungseg doesn't read. Convert the pair to one .nii.gz file.`,
    );
  }
  throw new ReadError(
    name,
    `${name} is not a NIfTI file: the mark ${beginningOf(new TextEncoder().encode(layout.singleFileMagic.slice(0, 3)))} is missing from its header. Give a .nii or .nii.gz file.`,
  );
}

function readType(name: string, code: number): ScalarType {
  const known = Object.entries(NIFTI_DATATYPES).find(([, number]) => number === code);
  if (known !== undefined) return known[0] as ScalarType;
  const other = OTHER_DATATYPES[code];
  if (other === undefined) {
    throw new ReadError(
      name,
      `${name} is damaged: ${code} is not a type of voxel in NIfTI. Copy or download it again.`,
    );
  }
  throw new UnsupportedError(
    `${name} holds ${other} voxels. lungseg needs one real number a voxel: convert it, for instance to int16.`,
  );
}

function readSize(name: string, fields: Fields): Vec3 {
  const dimensions = fields.dimension(0);
  if (!(dimensions >= 1 && dimensions <= 7)) {
    throw new ReadError(
      name,
      `${name} is damaged: a NIfTI image has 1 to 7 dimensions, its header says ${dimensions}. Copy or download it again.`,
    );
  }
  const sizes = Array.from({ length: dimensions }, (_, i) => fields.dimension(i + 1));
  return checkSize(name, sizes);
}

function checkUnits(name: string, code: number): void {
  if (code === 0 || code === 2) return;
  const unit = code === 1 ? 'metres' : code === 3 ? 'micrometres' : `unknown units (code ${code})`;
  throw new UnsupportedError(
    `${name} gives its spacing in ${unit}. lungseg needs millimetres: set xyzt_units to 2.`,
  );
}

function readScaling(fields: Fields): { slope: number; intercept: number } {
  const [slope] = fields.reals(fields.layout.slope, 1);
  const [intercept] = fields.reals(fields.layout.intercept, 1);
  // A slope of 0 means unscaled by the standard; NaN is what nibabel writes for unscaled.
  if (!Number.isFinite(slope) || slope === 0 || !Number.isFinite(intercept))
    return { slope: 1, intercept: 0 };
  return { slope: slope!, intercept: intercept! };
}

function readAxes(fields: Fields): NiftiAxes {
  const { layout } = fields;
  const pixdim = fields.reals(layout.pixdim, 4);
  return {
    sformCode: fields.code(layout.sformCode),
    qformCode: fields.code(layout.qformCode),
    srow: fields.reals(layout.srow, 12),
    quaternion: fields.reals(layout.quatern, 3),
    offset: fields.reals(layout.qoffset, 3),
    qfac: pixdim[0]! < 0 ? -1 : 1,
    spacing: pixdim.slice(1),
  };
}
