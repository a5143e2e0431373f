/** What a training run reports, in order. Every field is plain JSON. */
export type TrainingEvent =
  ResumeEvent | StepEvent | EpochEvent | ValidationEvent | CheckpointEvent | DoneEvent;

/** A run goes on from a checkpoint. */
export interface ResumeEvent {
  readonly type: 'resume';
  /** Steps that had been taken. */
  readonly step: number;
  readonly path: string;
  /** Newer checkpoints that can't be used, and why. */
  readonly passedOver: readonly string[];
}

/** One optimisation step has been taken. */
export interface StepEvent {
  readonly type: 'step';
  /** Steps taken so far, this one included. */
  readonly step: number;
  /** From 0. */
  readonly epoch: number;
  /** Mean over the step's samples. */
  readonly loss: number;
  readonly learningRate: number;
  /** Euclidean norm of all gradients, before clipping. */
  readonly gradientNorm: number;
  /** With dynamic loss scaling: what the loss was multiplied by. */
  readonly lossScale?: number;
  /** Present where gradients overflowed, so that no weight was changed. */
  readonly isSkipped?: true;
  /** How many samples went into the step. */
  readonly samples: number;
  /** How long the step took, in ms, with the wait for its samples. */
  readonly durationMs: number;
  /** How much of it went by waiting for samples, or making them in this thread, in ms. */
  readonly waitMs: number;
}

/** An epoch has ended. */
export interface EpochEvent {
  readonly type: 'epoch';
  readonly step: number;
  /** From 0. */
  readonly epoch: number;
  /** Mean loss over the epoch's steps. */
  readonly meanLoss: number;
}

/** Whole volumes have been segmented and compared with their references. */
export interface ValidationEvent {
  readonly type: 'validation';
  readonly step: number;
  readonly epoch: number;
  /** Dice of class 1 by case; NaN, which is null in JSON, where it is not defined. */
  readonly dice: Readonly<Record<string, number>>;
  /** Mean over the cases for which Dice is defined. */
  readonly meanDice: number;
  /** How long it took, in ms. */
  readonly durationMs: number;
}

/** The state of the run is on disk. */
export interface CheckpointEvent {
  readonly type: 'checkpoint';
  readonly step: number;
  readonly path: string;
  /** Whether it has the best mean Dice so far. */
  readonly best: boolean;
}

/** The run is over. */
export interface DoneEvent {
  readonly type: 'done';
  readonly step: number;
  /** All steps were taken, or validation Dice had stopped rising. */
  readonly reason: 'all-steps' | 'early-stopping';
}
