export { assertWritable, makeFolder, nearestFolder } from './assert-writable.js';
export { dicomReader } from './dicom-reader.js';
export type { SeriesList, SeriesSummary } from './dicom-series-list.js';
export type { DicomDataSet, DicomElement, TextVr } from './dicom-data-set.js';
export { encodeSegmentation, segmentationSource, type SegmentationDetails } from './encode-segmentation.js';
export { filesReadFrom } from './files-read-from.js';
export { readers } from './formats.js';
export { assertHounsfield, cleanPadding, type CleanVolume } from './hounsfield.js';
export type { InputFile } from './input-file.js';
export { isDicomImage } from './is-dicom-image.js';
export { listSeries } from './list-series.js';
export { metaImageReader } from './meta-image-reader.js';
export { niftiReader } from './nifti-reader.js';
export { nodeCodecs } from './node-codecs.js';
export { nrrdReader } from './nrrd-reader.js';
export { readCt } from './read-ct.js';
export type {
  Codecs,
  DicomSliceSource,
  DicomSource,
  CompressedFrame,
  EncodedSlice,
  FormatId,
  OtherNumbers,
  ReadCtOptions,
  ReadFilesOptions,
  ReadOptions,
  ReadResult,
} from './read-options.js';
export { readVolume } from './read-volume.js';
export { readVolumeFromFiles } from './read-volume-from-files.js';
export type { SegmentationAlgorithm } from './segmentation-data-set.js';
export { LUNG_SEGMENTS, type DicomCode, type SegmentDescription } from './segments.js';
export { writableExtension, writeVolume, WRITABLE_EXTENSIONS, type WriteOptions } from './write-volume.js';
