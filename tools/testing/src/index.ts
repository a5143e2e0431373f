export { writeDicomSeries, type DicomStorage } from './write-dicom-series.js';
