/** What a training run reports, in order. Every field is plain JSON. */
export type TrainingEvent =
  | StepEvent
  | EpochEvent
  | ValidationEvent
  | CheckpointEvent
  | { readonly type: 'done'; readonly step: number };

/** One optimisation step has been taken. */
export interface StepEvent {
  readonly type: 'step';
  /** Steps taken so far, this one included. */
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly learningRate: number;
  /** How long the step took, in ms, with the wait for its sample. */
  readonly durationMs: number;
  /** How long it waited for its sample, in ms. */
  readonly waitMs: number;
}

/** An epoch has ended. */
export interface EpochEvent {
  readonly type: 'epoch';
  readonly step: number;
  readonly epoch: number;
  /** Mean loss over the epoch's steps in this process. */
  readonly meanLoss: number;
}

/** Whole volumes have been segmented and compared with their references. */
export interface ValidationEvent {
  readonly type: 'validation';
  readonly step: number;
  readonly epoch: number;
  /** Dice of class 1 by case. */
  readonly dice: Readonly<Record<string, number>>;
  /** Mean over the cases for which Dice is defined. */
  readonly meanDice: number;
}

/** The state of the run is on disk. */
export interface CheckpointEvent {
  readonly type: 'checkpoint';
  readonly step: number;
  readonly path: string;
  /** Whether it has the best mean Dice so far. */
  readonly best: boolean;
}
