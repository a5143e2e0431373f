export {
  batchNormRunning,
  batchNormTrain,
  type BatchNormOptions,
  type BatchNormParameters,
  type BatchNormTrainResult,
} from './batch-norm.js';
export { isNative } from './native.js';
export { BACKEND_CHOICES, selectBackend, type BackendChoice, type BackendInfo } from './select-backend.js';
