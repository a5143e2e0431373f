export { parseDatalist, type Datalist, type DatalistEntry } from './datalist/datalist.js';
export { readDatalist } from './datalist/read-datalist.js';
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
export { renderPhantom, type Phantom } from './phantom/render-phantom.js';
export type { PhantomCoverage, PhantomOptions } from './phantom/sample-grid.js';
export { samplePhantomParams } from './phantom/sample-phantom-params.js';
