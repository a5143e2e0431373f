import { ReadError } from '@lungseg/core';
import { decompressVoxels } from './decompress.js';
import type { Codecs } from './read-options.js';

/** Voxels behind a text header. */
export interface AttachedVoxels {
  /** The file's name, for messages. */
  readonly name: string;
  /** What follows the header. */
  readonly bytes: Uint8Array;
  readonly compression: 'gzip' | 'deflate' | undefined;
  /** The voxels' unpacked length in bytes. */
  readonly length: number;
}

/**
 * The voxels' bytes behind the header of a NRRD or MetaImage file, unpacked; a view where they are not compressed.
 *
 * @throws ReadError when they are fewer than the header promises, or damaged
 */
export async function attachedVoxels(attached: AttachedVoxels, codecs: Codecs): Promise<Uint8Array> {
  const { name, bytes, compression, length } = attached;
  if (compression !== undefined) {
    return decompressVoxels(
      { name, bytes, format: compression, headerLength: 0, locate: () => ({ begin: 0, length }) },
      codecs,
    );
  }
  if (bytes.byteLength < length) {
    throw new ReadError(
      name,
      `${name} is truncated: its voxels should take ${length} bytes, it has ${bytes.byteLength} of them. Copy or download it again.`,
    );
  }
  return bytes.subarray(0, length);
}
