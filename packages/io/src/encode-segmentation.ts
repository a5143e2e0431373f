import { InvalidArgumentError, sameGrid, type Volume } from '@lungseg/core';
import { encodeDicomFile } from './dicom-data-set.js';
import { packSegments } from './pack-segments.js';
import type { DicomSource, ReadResult } from './read-options.js';
import { segmentationDataSet, type SegmentationAlgorithm } from './segmentation-data-set.js';
import type { SegmentDescription } from './segments.js';

/** What a DICOM segmentation says beside its voxels. */
export interface SegmentationDetails {
  /** The series that was segmented, of {@link segmentationSource}. */
  readonly source: DicomSource;
  /** What the mask's labels mean; each becomes a segment, in this order. */
  readonly segments: readonly SegmentDescription[];
  /** What made the mask. */
  readonly algorithm: SegmentationAlgorithm;
}

/**
 * The series that a DICOM segmentation of a volume would refer to. Apps ask for it before they begin long work.
 *
 * @param read what `readVolume` gave
 * @throws InvalidArgumentError when the volume wasn't read from DICOM, was resampled from its slices, or its files
 *   lack an identifier that must be referred to
 */
export function segmentationSource({ dicom, format }: ReadResult): DicomSource {
  if (dicom === undefined) {
    throw new InvalidArgumentError(
      `A DICOM segmentation (.dcm) must have a DICOM series as its source. Received: ${format} input. Give the series in DICOM, or an output that ends in .nii.gz, .nrrd or .mha.`,
    );
  }
  if (dicom.isResampled) {
    throw new InvalidArgumentError(
      'A DICOM segmentation (.dcm) must lie on the slices of its series. Received: a series that was resampled, for a tilted gantry or gaps, which has other slices. Give an output that ends in .nii.gz, .nrrd or .mha.',
    );
  }
  const identifiers = {
    StudyInstanceUID: dicom.studyInstanceUid,
    SeriesInstanceUID: dicom.seriesInstanceUid,
    FrameOfReferenceUID: dicom.frameOfReferenceUid,
    SOPInstanceUID: dicom.slices.every(({ sopInstanceUid }) => sopInstanceUid !== '') ? 'all' : '',
  };
  const missing = Object.entries(identifiers).flatMap(([name, value]) => (value === '' ? [name] : []));
  if (missing.length > 0) {
    throw new InvalidArgumentError(
      `A DICOM segmentation (.dcm) must refer to its source by identifiers. The series lacks: ${missing.join(', ')}. Export it again, or give an output that ends in .nii.gz, .nrrd or .mha.`,
    );
  }
  return dicom;
}

/**
 * A DICOM segmentation (SEG) of a mask, binary, on the grid of the series that was segmented: patient and study are that
 * series', its slices are referred to, and the file is an instance of a new series.
 *
 * Frames are written for all slices, empty ones too, so that no reader crops the grid.
 *
 * @param mask labels on the source's grid
 * @param details the source, and what the labels and the algorithm are
 * @returns the file's bytes, in parts
 * @throws InvalidArgumentError when the mask is not on the source's grid, or has a label without a segment
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part03/sect_C.8.20.html
 * @example
 * const parts = encodeSegmentation(mask, { source: dicom, segments: LUNG_SEGMENTS['left-right'], algorithm });
 */
export function encodeSegmentation(mask: Volume, details: SegmentationDetails): Uint8Array[] {
  const { source, segments, algorithm } = details;
  const { geometry, data } = mask;
  if (!sameGrid(geometry, source.geometry)) {
    const described = [source.geometry, geometry].map(
      ({ size, origin }) => `${size.join(' x ')} voxels from ${origin.map((mm) => mm.toFixed(3)).join(', ')}`,
    );
    throw new InvalidArgumentError(
      `A DICOM segmentation must lie on the grid of its series: ${described[0]}. Received: ${described[1]}. Resample the mask onto the series first.`,
    );
  }
  const labels = segments.map(({ label }) => label);
  const known = new Set([0, ...labels]);
  // Most voxels have their neighbour's label.
  let last = 0;
  for (let i = 0; i < data.length; i++) {
    if (data[i] === last) continue;
    last = data[i]!;
    if (known.has(last)) continue;
    throw new InvalidArgumentError(
      `Each label of a DICOM segmentation must have a segment: ${labels.join(', ')}. Received: ${data[i]}. Describe it in segments.`,
    );
  }
  const dataSet = segmentationDataSet({ geometry, source, segments, algorithm, date: new Date() });
  return encodeDicomFile(dataSet, packSegments(data, labels));
}
