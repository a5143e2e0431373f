export { checkAHNetInput } from './ahnet-input.js';
export { AHNet } from './ahnet.js';
export { exportOnnx } from './export-onnx.js';
export {
  resolveAHNetOptions,
  UPSAMPLE_MODES,
  type AHNetOptions,
  type ResolvedAHNetOptions,
  type UpsampleMode,
} from './ahnet-options.js';
export type { InferenceOptions, PreparedNetwork } from './prepared-network.js';
export { formatNetworkSummary, summarizeAHNet, type NetworkSummary } from './summary.js';
export { transferFrom2d } from './transfer-from-2d.js';
export type { LayerCount } from './shape-layers.js';
