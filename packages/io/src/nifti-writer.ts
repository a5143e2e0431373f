import { geometryToRasAffine, InvalidArgumentError, type Geometry, type Volume } from '@lungseg/core';
import { quaternionOfRotation } from './nifti-affine.js';
import { NIFTI_DATATYPES } from './nifti-header.js';
import { bytesOfScalars, scalarTypeOf } from './scalars.js';

const HEADER_BYTES = 352;

/** NIFTI_XFORM_SCANNER_ANAT: positions are the scanner's. */
const SCANNER_ANATOMICAL = 1;

/** NIFTI_UNITS_MM | NIFTI_UNITS_SEC */
const MILLIMETRES_AND_SECONDS = 2 | 8;

/**
 * The bytes of a NIfTI-1 file, little-endian: sform and qform say the same, both with the code of scanner
 * coordinates, and the voxels keep their type.
 *
 * @returns the header with the (empty) extension mark, and the voxels as a view of the volume's memory
 * @throws InvalidArgumentError when an axis has more than 32767 voxels, which NIfTI-1 can't say
 * @see https://nifti.nimh.nih.gov/nifti-1/documentation/nifti1fields
 */
export function encodeNifti(volume: Volume): { header: Uint8Array; voxels: Uint8Array } {
  const { geometry, data } = volume;
  if (geometry.size.some((n) => n > 32767)) {
    throw new InvalidArgumentError(
      `NIfTI-1 holds at most 32767 voxels along an axis. Received: ${geometry.size.join(' x ')}. Write .nrrd or .mha.`,
    );
  }
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  const int16 = (offset: number, ...values: readonly number[]): void =>
    values.forEach((value, i) => view.setInt16(offset + 2 * i, value, true));
  const float32 = (offset: number, ...values: readonly number[]): void =>
    values.forEach((value, i) => view.setFloat32(offset + 4 * i, value, true));
  view.setInt32(0, 348, true);
  header[38] = 'r'.charCodeAt(0);
  int16(40, 3, ...geometry.size, 1, 1, 1, 1);
  int16(70, NIFTI_DATATYPES[scalarTypeOf(data)], 8 * data.BYTES_PER_ELEMENT);
  const { qfac, quaternion, offset } = qformOf(geometry);
  float32(76, qfac, ...geometry.spacing, 0, 0, 0, 0);
  float32(108, HEADER_BYTES, 1, 0);
  header[123] = MILLIMETRES_AND_SECONDS;
  header.set(new TextEncoder().encode('lungseg'), 148);
  int16(252, SCANNER_ANATOMICAL, SCANNER_ANATOMICAL);
  float32(256, ...quaternion, ...offset);
  float32(280, ...geometryToRasAffine(geometry).slice(0, 12));
  header.set(new TextEncoder().encode('n+1\0'), 344);
  return { header, voxels: bytesOfScalars(data) };
}

function qformOf(geometry: Geometry): {
  qfac: 1 | -1;
  quaternion: readonly number[];
  offset: readonly number[];
} {
  const affine = geometryToRasAffine(geometry);
  const rotation = [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) => affine[row * 4 + column]! / geometry.spacing[column]!),
  );
  const [a, b, c, d, e, f, g, h, i] = rotation as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const qfac = determinant < 0 ? -1 : 1;
  const proper = rotation.map((value, at) => (at % 3 === 2 ? qfac * value : value));
  const [, ...quaternion] = quaternionOfRotation(proper);
  return { qfac, quaternion, offset: [affine[3]!, affine[7]!, affine[11]!] };
}
