export { parseDatalist, type Datalist, type DatalistEntry } from './datalist/datalist.js';
export { parseCsvDatalist } from './datalist/parse-csv-datalist.js';
export { readDatalist } from './datalist/read-datalist.js';
export { readNnunetFolder } from './datalist/read-nnunet-folder.js';
export { splitFolds, type Fold, type SplitFoldsOptions } from './datalist/split-folds.js';
export { createThoraxPhantom } from './phantom/create-thorax-phantom.js';
export type {
  PhantomAbdomen,
  PhantomBody,
  PhantomGrid,
  PhantomLesion,
  PhantomLungs,
  PhantomMediastinum,
  PhantomParams,
  PhantomPathology,
  PhantomPose,
  PhantomScanner,
  PhantomTable,
} from './phantom/phantom-params.js';
export { PHANTOM_PRESETS, type PhantomPreset } from './phantom/phantom-presets.js';
export { renderPhantom, type Phantom } from './phantom/render-phantom.js';
export { PHANTOM_COVERAGES, type PhantomCoverage, type PhantomOptions } from './phantom/sample-grid.js';
export { samplePhantomParams } from './phantom/sample-phantom-params.js';
export { cacheSamples, type CacheSamplesOptions } from './stream/cache-samples.js';
export {
  loadSample,
  loadSamples,
  type ImageKind,
  type LoadSampleOptions,
  type LoadSamplesOptions,
} from './stream/load-samples.js';
export { prefetch, type PrefetchOptions } from './stream/prefetch.js';
export { diskStore, memoryStore, type SampleStore } from './stream/sample-store.js';
export { verifyCase, type CaseReport, type VerifyOptions } from './verify/verify-case.js';
export {
  formatReport,
  verifyDatalist,
  type DatalistReport,
  type VerifyDatalistOptions,
} from './verify/verify-datalist.js';
