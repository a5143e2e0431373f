import { ReadError, type NamedBytes, type VolumeReader, type VoxelArray } from '@lungseg/core';
import { decompressVoxels } from './decompress.js';
import { beginningOf, hasText, onlyFile } from './file-source.js';
import { looksLikeNifti, NIFTI_HEADER_BYTES, parseNiftiHeader, type NiftiHeader } from './nifti-header.js';
import { meaningOfIntent } from './nifti-intent.js';
import { geometryOfAffine, volumeOfVoxels } from './placed-volume.js';
import type { ReadFilesOptions, ReadResult } from './read-options.js';
import { decodeScalars } from './scalars.js';

const GZIP_MAGIC = '\x1f\x8b';

/** Whether bytes are a gzip stream. */
export function isGzip(bytes: Uint8Array): boolean {
  return hasText(bytes, GZIP_MAGIC);
}

/**
 * Reads NIfTI-1 and NIfTI-2 in one file, gzip or not. The whole stream's checksum and length are verified.
 *
 * @see https://nifti.nimh.nih.gov/nifti-1
 */
export const niftiReader = {
  id: 'nifti',
  extensions: ['.nii.gz', '.nii'],
  /** Whether the first bytes are NIfTI's, plain or in gzip. */
  sniff: (head: Uint8Array) => isGzip(head) || looksLikeNifti(head),
  /** Reads a NIfTI file; see {@link VolumeReader}. */
  read: async (files: readonly NamedBytes[]) => (await readNifti(files)).volume,
} as const satisfies VolumeReader;

/** As {@link niftiReader}, with options and with what is worth a warning. */
export async function readNifti(
  files: readonly NamedBytes[],
  options: ReadFilesOptions = {},
): Promise<ReadResult> {
  const file = onlyFile(files, 'NIfTI');
  const { header, voxels } = await unpack(file, options);
  const stored = decodeScalars(voxels, header.type, header.littleEndian);
  const geometry = geometryOfAffine(file.name, header.affine, header.size);
  const warnings =
    header.affineFrom === 'pixdim'
      ? [`${file.name} has neither sform nor qform: its orientation is a guess, with x running to the left.`]
      : [];
  const volume = volumeOfVoxels(file.name, scale(stored, header), geometry, options.kind);
  const meaning = meaningOfIntent(header.intent);
  const otherNumbers = meaning === undefined ? {} : { otherNumbers: { name: file.name, meaning } };
  return { volume, format: 'nifti', warnings, ...otherNumbers };
}

async function unpack(
  { name, bytes }: NamedBytes,
  options: ReadFilesOptions,
): Promise<{ header: NiftiHeader; voxels: Uint8Array }> {
  if (!isGzip(bytes)) {
    if (name.toLowerCase().endsWith('.gz') && !looksLikeNifti(bytes)) {
      throw new ReadError(
        name,
        `${name} is not a gzip file: it begins with ${beginningOf(bytes)}. Give a .nii or .nii.gz file.`,
      );
    }
    const header = parseNiftiHeader(name, bytes);
    const end = header.voxelOffset + header.voxelBytes;
    if (bytes.byteLength < end) {
      throw new ReadError(
        name,
        `${name} is truncated: its header promises ${end} bytes, it has ${bytes.byteLength}. Copy or download it again.`,
      );
    }
    return { header, voxels: bytes.subarray(header.voxelOffset, end) };
  }
  let header: NiftiHeader | undefined;
  const locate = (head: Uint8Array): { begin: number; length: number } => {
    header = parseNiftiHeader(name, head);
    return { begin: header.voxelOffset, length: header.voxelBytes };
  };
  const voxels = await decompressVoxels(
    { name, bytes, format: 'gzip', headerLength: NIFTI_HEADER_BYTES, locate },
    options.codecs ?? {},
  );
  return { header: header!, voxels };
}

function scale(stored: VoxelArray, { slope, intercept }: NiftiHeader): VoxelArray {
  if (slope === 1 && intercept === 0) return stored;
  const scaled = new Float32Array(stored.length);
  for (let i = 0; i < stored.length; i++) scaled[i] = stored[i]! * slope + intercept;
  return scaled;
}
