import { axisCodes, type Volume } from '@lungseg/core';
import { META_IMAGE_TYPES } from './meta-image-reader.js';
import { bytesOfScalars, scalarTypeOf } from './scalars.js';

/**
 * The header of a MetaImage file (.mha) with its data compressed.
 *
 * @param volume what to write
 * @param packedBytes the length of the voxels once packed by zlib
 * @see https://itk.org/Wiki/ITK/MetaIO/Documentation
 */
export function encodeMetaImageHeader(volume: Volume, packedBytes: number): Uint8Array {
  const { size, spacing, origin, direction } = volume.geometry;
  const matrix = [0, 1, 2].flatMap((column) => [0, 1, 2].map((row) => direction[row * 3 + column]!));
  const lines = [
    'ObjectType = Image',
    'NDims = 3',
    'BinaryData = True',
    'BinaryDataByteOrderMSB = False',
    'CompressedData = True',
    `CompressedDataSize = ${packedBytes}`,
    `TransformMatrix = ${matrix.join(' ')}`,
    `Offset = ${origin.join(' ')}`,
    'CenterOfRotation = 0 0 0',
    `AnatomicalOrientation = ${anatomicalOrientation(volume)}`,
    `ElementSpacing = ${spacing.join(' ')}`,
    `DimSize = ${size.join(' ')}`,
    `ElementType = ${META_IMAGE_TYPES[scalarTypeOf(volume.data)]}`,
    'ElementDataFile = LOCAL',
    '',
  ];
  return new TextEncoder().encode(lines.join('\n'));
}

/** The voxels' bytes as a MetaImage file holds them before packing. */
export function metaImageVoxels(volume: Volume): Uint8Array {
  return bytesOfScalars(volume.data);
}

const OPPOSITE: Readonly<Record<string, string>> = { L: 'R', R: 'L', P: 'A', A: 'P', S: 'I', I: 'S' };

/** MetaImage names where an axis comes from; nibabel and core name where it goes to. */
function anatomicalOrientation(volume: Volume): string {
  return [...axisCodes(volume.geometry)].map((letter) => OPPOSITE[letter]!).join('');
}
