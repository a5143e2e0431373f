export { Adam, type AdamOptions } from './adam.js';
export { loadCheckpoint, saveCheckpoint, type Checkpoint } from './checkpoint.js';
export type { CheckpointEvent, EpochEvent, StepEvent, TrainingEvent, ValidationEvent } from './events.js';
export { optimizationStep, type OptimizationStepInput } from './optimization-step.js';
export { constantSchedule, cosineSchedule, type CosineScheduleOptions, type Schedule } from './schedule.js';
export { train, type TrainOptions } from './train.js';
export { WeightAverage } from './weight-average.js';
