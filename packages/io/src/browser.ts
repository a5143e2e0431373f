/** What works without Node: the same readers, and the encoder of DICOM segmentations. Bundlers for browsers get it. */
export type { DicomDataSet, DicomElement, TextVr } from './dicom-data-set.js';
export { dicomReader } from './dicom-reader.js';
export { encodeSegmentation, segmentationSource, type SegmentationDetails } from './encode-segmentation.js';
export { readers } from './formats.js';
export { assertHounsfield, cleanPadding, type CleanVolume } from './hounsfield.js';
export type { InputFile } from './input-file.js';
export { metaImageReader } from './meta-image-reader.js';
export { niftiReader } from './nifti-reader.js';
export { nrrdReader } from './nrrd-reader.js';
export type {
  Codecs,
  DicomSliceSource,
  DicomSource,
  CompressedFrame,
  EncodedSlice,
  FormatId,
  OtherNumbers,
  ReadFilesOptions,
  ReadOptions,
  ReadResult,
} from './read-options.js';
export { readVolumeFromFiles } from './read-volume-from-files.js';
export type { SegmentationAlgorithm } from './segmentation-data-set.js';
export { LUNG_SEGMENTS, type DicomCode, type SegmentDescription } from './segments.js';
