export { Adam, type AdamOptions } from './adam.js';
export { AdamW, type AdamWOptions } from './adamw.js';
export { loadNewestCheckpoint, saveLastCheckpoint, type FoundCheckpoint } from './checkpoint-folder.js';
export { loadCheckpoint, saveCheckpoint, type Checkpoint } from './checkpoint.js';
export { clipGradients } from './clip-gradients.js';
export type {
  CheckpointEvent,
  DoneEvent,
  EpochEvent,
  ResumeEvent,
  StepEvent,
  TrainingEvent,
  ValidationEvent,
} from './events.js';
export {
  optimizationStep,
  type Batch,
  type OptimizationStepInput,
  type OptimizationStepResult,
} from './optimization-step.js';
export { DynamicLossScale, type DynamicLossScaleOptions, type LossScaleState } from './loss-scale.js';
export type { Optimizer, Parameters } from './optimizer.js';
export {
  constantSchedule,
  cosineSchedule,
  polynomialSchedule,
  stepSchedule,
  type CosineScheduleOptions,
  type PolynomialScheduleOptions,
  type Schedule,
  type ScheduleOptions,
  type StepScheduleOptions,
} from './schedule.js';
export { Sgd, type SgdOptions } from './sgd.js';
export { train, type TrainOptions } from './train.js';
export { WeightAverage } from './weight-average.js';
export { writeWhole } from './write-whole.js';
