export {
  batchNormRunning,
  batchNormTrain,
  batchRenormTrain,
  type BatchNormOptions,
  type BatchNormParameters,
  type BatchNormTrainResult,
} from './batch-norm.js';
export { valueAndGradients, type ValueAndGradients } from './gradients.js';
export { maxPoolPadded, type MaxPoolOptions } from './max-pool.js';
export { isNative, valuesOf } from './native.js';
export {
  NativeGraph,
  nativeGraphCompiler,
  type CompiledGraph,
  type GraphAttribute,
  type GraphAttributes,
  type GraphCompiler,
  type GraphNode,
  type GraphType,
} from './native-graph.js';
export { choosePrecision, PRECISION_CHOICES, type Precision, type PrecisionChoice } from './precision.js';
export { recomputed, type RecomputedOptions } from './recompute.js';
export {
  reducedConv2d,
  type ReducedConvolutionOptions,
  type ReducedPrecision,
} from './reduced-convolution.js';
export { relu } from './relu.js';
export { BACKEND_CHOICES, selectBackend, type BackendChoice, type BackendInfo } from './select-backend.js';
