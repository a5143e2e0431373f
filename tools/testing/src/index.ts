export { writeDicomSeries } from './write-dicom-series.js';
