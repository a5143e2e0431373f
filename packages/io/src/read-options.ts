import type { Geometry, Vec3, Volume, VolumeKind, VoxelArray } from '@lungseg/core';
import type { DicomDataSet } from './dicom-data-set.js';

/** A compressed DICOM slice, for a codec to decode. */
export interface EncodedSlice {
  /** What messages call it. */
  readonly name: string;
  /** A DICOM file of one frame, with no more in its header than decoding takes, and no rescale. */
  readonly bytes: Uint8Array;
}

/** A frame of DICOM, compressed by RLE or lossless JPEG. */
export interface CompressedFrame {
  /** What messages call it. */
  readonly name: string;
  readonly transferSyntax: string;
  readonly fragments: readonly Uint8Array[];
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: number;
  readonly signed: boolean;
}

/**
 * What a platform does better than portable code, or what only it can do.
 */
export interface Codecs {
  /**
   * Unpacks a stream of gzip or zlib bytes, piece by piece, and throws where it is cut or damaged. The web's
   * DecompressionStream by default.
   */
  readonly decompress?: (bytes: Uint8Array, format: 'gzip' | 'deflate') => AsyncIterable<Uint8Array>;
  /**
   * Decodes compressed DICOM slices of one size to the numbers stored in them, one slice after the other in the order
   * given. Without it, compressed DICOM is refused.
   */
  readonly decodeSlices?: (slices: readonly EncodedSlice[]) => Promise<VoxelArray>;
  /**
   * Decodes frames of RLE and lossless JPEG to the numbers stored in them, elsewhere than in the thread that reads; there by
   * default.
   */
  readonly decodeFrames?: (frames: readonly CompressedFrame[]) => Promise<VoxelArray[]>;
  /** How many calls of `decodeSlices` and `decodeFrames` may run side by side; 1 by default. */
  readonly concurrency?: number;
}

/** Options of reading. */
export interface ReadOptions {
  /** Stops the reading; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** The SeriesInstanceUID of the DICOM series to read, where there are several. */
  readonly series?: string;
  /**
   * Resamples a DICOM series of missing or unevenly spaced slices onto an even grid, linearly between neighbours, and
   * says so, instead of refusing it; false by default.
   */
  readonly allowGaps?: boolean;
  /** What the voxels mean; `intensity` by default, `label` for a mask. */
  readonly kind?: VolumeKind;
}

/** Options of reading what must be a CT in HU. */
export interface ReadCtOptions extends ReadOptions {
  /** Takes the numbers for HU, whatever they look like; false by default. */
  readonly assumeHu?: boolean;
}

/** {@link ReadOptions}, and what the platform brings. */
export interface ReadFilesOptions extends ReadOptions {
  /** Codecs of the platform; portable ones by default. */
  readonly codecs?: Codecs;
}

/** The formats that lungseg reads, by the id of their reader. */
export type FormatId = 'nifti' | 'nrrd' | 'meta-image' | 'dicom';

/** One slice of a DICOM series, in the order of the volume's k axis. */
export interface DicomSliceSource {
  /** The file's name, and the frame where it has several. */
  readonly name: string;
  /** Which frame of the file it is, from 0, where the file has several. */
  readonly frame?: number;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** LPS position of the first pixel, in mm. */
  readonly position: Vec3;
}

/** Where a volume that was read from DICOM comes from. */
export interface DicomSource {
  readonly modality: string;
  readonly seriesInstanceUid: string;
  readonly seriesDescription: string;
  readonly studyInstanceUid: string;
  readonly frameOfReferenceUid: string;
  /** The slices, in ascending k. */
  readonly slices: readonly DicomSliceSource[];
  /** Whether they were resampled, for a tilted gantry or gaps: the volume's grid is then not that of the slices. */
  readonly isResampled: boolean;
  /** The grid of the volume, on which a segmentation must lie. */
  readonly geometry: Geometry;
  /** Attributes of the patient and the study, by tag. */
  readonly attributes: DicomDataSet;
}

/** What a file says of its numbers, where they aren't HU. */
export interface OtherNumbers {
  /** The file's name, or the slice's. */
  readonly name: string;
  /** What they are, in words that follow "it says that". */
  readonly meaning: string;
}

/** A volume, and what is known of where it comes from. */
export interface ReadResult {
  readonly volume: Volume;
  /** The format that was found, by content rather than by name. */
  readonly format: FormatId;
  /** What a user should know, for instance files that were passed over; one sentence each. */
  readonly warnings: readonly string[];
  /** The series, where the volume was read from DICOM. */
  readonly dicom?: DicomSource;
  /** The lowest and the highest number that was measured, where the volume also has air that was put in. */
  readonly measuredRange?: readonly [lowest: number, highest: number];
  /** A file that says that its numbers are something else than HU. */
  readonly otherNumbers?: OtherNumbers;
}
