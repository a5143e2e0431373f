/** The learning rate at a step. */
export type Schedule = (step: number) => number;

/** Options of {@link cosineSchedule}. */
export interface CosineScheduleOptions {
  /** The highest learning rate. */
  readonly learningRate: number;
  /** Steps of the whole run. */
  readonly totalSteps: number;
  /** Steps over which the rate rises linearly from zero; 0 by default. */
  readonly warmupSteps?: number;
  /** The rate at the end as a share of the highest; 0 by default. */
  readonly finalShare?: number;
}

/** The same learning rate at every step, as in Clara's recipe. */
export function constantSchedule(learningRate: number): Schedule {
  return () => learningRate;
}

/**
 * A linear warm-up, then half a cosine down to the end of the run.
 *
 * @see Loshchilov and Hutter, SGDR, https://arxiv.org/abs/1608.03983
 */
export function cosineSchedule(options: CosineScheduleOptions): Schedule {
  const { learningRate, totalSteps, warmupSteps = 0, finalShare = 0 } = options;
  return (step) => {
    if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
    const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
    const share = finalShare + (1 - finalShare) * 0.5 * (1 + Math.cos(Math.PI * progress));
    return learningRate * share;
  };
}
