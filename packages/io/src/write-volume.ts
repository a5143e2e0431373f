import { basename } from 'node:path';
import { promisify } from 'node:util';
import { deflate, gzip } from 'node:zlib';
import {
  createGeometry,
  InvalidArgumentError,
  UnsupportedError,
  type Geometry,
  type Volume,
} from '@lungseg/core';
import { encodeSegmentation, type SegmentationDetails } from './encode-segmentation.js';
import { encodeMetaImageHeader, metaImageVoxels } from './meta-image-writer.js';
import { encodeNifti } from './nifti-writer.js';
import { encodeNrrd } from './nrrd-writer.js';
import { writeWhole } from './write-whole.js';

/** Options of writing. */
export interface WriteOptions {
  /** Stops before the file is put in place; writing then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** zlib's level, 0 to 9; 1 by default, which packs label maps in a fraction of the time of 6. */
  readonly compressionLevel?: number;
  /** What a DICOM segmentation (.dcm) says beside its voxels; it can't be written without. */
  readonly segmentation?: SegmentationDetails;
}

type Encoder = (
  volume: Volume,
  options: { readonly level: number; readonly segmentation: SegmentationDetails | undefined },
) => Promise<readonly Uint8Array[]>;

const gzipAsync = promisify(gzip);
const deflateAsync = promisify(deflate);

/** How each ending is written. */
const ENCODERS: Readonly<Record<string, Encoder>> = {
  '.nii.gz': async (volume, { level }) => {
    const { header, voxels } = encodeNifti(volume);
    // A gzip file may have several members, and header and voxels need no joining this way; but tools that read one
    // member only exist, so they are joined.
    const whole = new Uint8Array(header.byteLength + voxels.byteLength);
    whole.set(header);
    whole.set(voxels, header.byteLength);
    return [await gzipAsync(whole, { level })];
  },
  '.nii': (volume) => {
    const { header, voxels } = encodeNifti(volume);
    return Promise.resolve([header, voxels]);
  },
  '.nrrd': async (volume, { level }) => {
    const { header, voxels } = encodeNrrd(volume);
    return [header, await gzipAsync(voxels, { level })];
  },
  '.mha': async (volume, { level }) => {
    const packed = await deflateAsync(metaImageVoxels(volume), { level });
    return [encodeMetaImageHeader(volume, packed.byteLength), packed];
  },
  // Async, so that what is wrong rejects.
  '.dcm': async (volume, { segmentation }) => {
    if (segmentation !== undefined) return Promise.resolve(encodeSegmentation(volume, segmentation));
    throw new InvalidArgumentError(
      'A volume is written to .dcm as a segmentation of a DICOM series, whose details must be given. Received: none. Pass options.segmentation.',
    );
  },
};

/** The endings that {@link writeVolume} writes, the longest first. */
export const WRITABLE_EXTENSIONS: readonly string[] = Object.keys(ENCODERS);

/**
 * The ending of {@link WRITABLE_EXTENSIONS} that a path has. Apps call it before they begin long work.
 *
 * @throws InvalidArgumentError when it has none of them
 */
export function writableExtension(path: string): string {
  const lower = path.toLowerCase();
  const extension = WRITABLE_EXTENSIONS.find(
    (candidate) => lower.endsWith(candidate) && basename(lower) !== candidate,
  );
  if (extension !== undefined) return extension;
  throw new InvalidArgumentError(
    `An output must end in one of ${WRITABLE_EXTENSIONS.join(', ')}. Received: ${path}.`,
  );
}

/**
 * Writes a volume in the format of the path's ending: .nii, .nii.gz, .nrrd, .mha, or .dcm for a DICOM segmentation. Voxels
 * keep their type; NIfTI gets sform and qform alike. The file is written aside, flushed and renamed: it is there whole, or not at all. A folder
 * that isn't there is made.
 *
 * @param path where to; its ending says the format
 * @param volume what to write
 * @param options how strongly to pack, what a segmentation says, and a signal that stops it
 * @throws InvalidArgumentError when the ending is none of those above, or a segmentation lacks its details or lies on
 *   another grid than its series
 * @throws UnsupportedError when its axes are not at right angles, as `affine` makes them by a shear
 * @throws WriteError when the disk is full, or its folder can't be made or written to; what was there stays
 * @example
 * await writeVolume('mask.nii.gz', mask);
 */
export async function writeVolume(path: string, volume: Volume, options: WriteOptions = {}): Promise<void> {
  const { signal, compressionLevel: level = 1, segmentation } = options;
  const encode = ENCODERS[writableExtension(path)]!;
  signal?.throwIfAborted();
  checkRightAngles(path, volume.geometry);
  const parts = await encode(volume, { level, segmentation });
  signal?.throwIfAborted();
  await writeWhole(path, parts);
}

/** Refuses what no reader of ours takes, and of which NIfTI's sform and qform would say two things. */
function checkRightAngles(path: string, { direction }: Geometry): void {
  try {
    createGeometry({ size: [1, 1, 1], direction });
  } catch (cause) {
    throw new UnsupportedError(
      `${path} can't hold axes that are not at right angles. Received: a direction of ${direction.map((n) => Number(n.toFixed(4))).join(', ')}. Resample the volume onto an orthogonal grid first, for instance by resampleToGrid onto the grid before it was sheared.`,
      { cause },
    );
  }
}
