import { voxelCount, type NamedBytes, type VolumeReader } from '@lungseg/core';
import { attachedVoxels } from './attached-voxels.js';
import { hasText, onlyFile } from './file-source.js';
import { parseNrrdHeader } from './nrrd-header.js';
import { geometryOfParts, volumeOfVoxels } from './placed-volume.js';
import type { ReadFilesOptions, ReadResult } from './read-options.js';
import { bytesPerScalar, decodeScalars } from './scalars.js';

/**
 * Reads NRRD with its data attached, raw or gzip.
 *
 * @see https://teem.sourceforge.net/nrrd/format.html
 */
export const nrrdReader = {
  id: 'nrrd',
  extensions: ['.nrrd'],
  /** Whether the first bytes are NRRD's. */
  sniff: (head: Uint8Array) => hasText(head, 'NRRD000'),
  /** Reads an NRRD file; see {@link VolumeReader}. */
  read: async (files: readonly NamedBytes[]) => (await readNrrd(files)).volume,
} as const satisfies VolumeReader;

/** As {@link nrrdReader}, with options. */
export async function readNrrd(
  files: readonly NamedBytes[],
  options: ReadFilesOptions = {},
): Promise<ReadResult> {
  const { name, bytes } = onlyFile(files, 'NRRD');
  const header = parseNrrdHeader(name, bytes);
  const geometry = geometryOfParts(name, header.geometry);
  const voxels = await attachedVoxels(
    {
      name,
      bytes: bytes.subarray(header.dataOffset),
      compression: header.encoding === 'gzip' ? 'gzip' : undefined,
      length: voxelCount(geometry) * bytesPerScalar(header.type),
    },
    options.codecs ?? {},
  );
  const data = decodeScalars(voxels, header.type, header.littleEndian);
  return { volume: volumeOfVoxels(name, data, geometry, options.kind), format: 'nrrd', warnings: [] };
}
