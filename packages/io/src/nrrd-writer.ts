import type { Volume } from '@lungseg/core';
import { bytesOfScalars, scalarTypeOf } from './scalars.js';

/**
 * The header of a NRRD file in left-posterior-superior with gzip data, and the voxels that follow it once packed.
 *
 * @see https://teem.sourceforge.net/nrrd/format.html
 */
export function encodeNrrd(volume: Volume): { header: Uint8Array; voxels: Uint8Array } {
  const { size, spacing, origin, direction } = volume.geometry;
  const axis = (column: number): string =>
    `(${[0, 1, 2].map((row) => direction[row * 3 + column]! * spacing[column]!).join(',')})`;
  const type = scalarTypeOf(volume.data);
  const lines = [
    'NRRD0004',
    `type: ${type === 'float32' ? 'float' : type === 'float64' ? 'double' : type}`,
    'dimension: 3',
    'space: left-posterior-superior',
    `sizes: ${size.join(' ')}`,
    `space directions: ${[0, 1, 2].map(axis).join(' ')}`,
    'kinds: domain domain domain',
    'endian: little',
    'encoding: gzip',
    `space origin: (${origin.join(',')})`,
    '',
    '',
  ];
  return { header: new TextEncoder().encode(lines.join('\n')), voxels: bytesOfScalars(volume.data) };
}
