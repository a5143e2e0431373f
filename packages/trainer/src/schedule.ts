/** The learning rate at a step, which counts from 0. */
export type Schedule = (step: number) => number;

/** What every schedule is told. */
export interface ScheduleOptions {
  /** The highest learning rate. */
  readonly learningRate: number;
  /** Steps over which the rate first rises linearly to the highest; 0 by default. */
  readonly warmupSteps?: number;
}

/** Options of {@link cosineSchedule}. */
export interface CosineScheduleOptions extends ScheduleOptions {
  /** Steps of the whole run, warm-up included. */
  readonly totalSteps: number;
  /** The rate at the end as a share of the highest; 0 by default. */
  readonly finalShare?: number;
}

/** Options of {@link polynomialSchedule}. */
export interface PolynomialScheduleOptions extends CosineScheduleOptions {
  /** Of the rest of the run; 0.9 by default, as in nnU-Net. */
  readonly power?: number;
}

/** Options of {@link stepSchedule}. */
export interface StepScheduleOptions extends ScheduleOptions {
  /** Steps between two drops. */
  readonly dropEvery: number;
  /** What the rate is multiplied by at a drop; 0.1 by default. */
  readonly factor?: number;
}

/**
 * The same learning rate at every step, as in Clara's recipe, after a linear warm-up.
 *
 * @example
 * const schedule = constantSchedule({ learningRate: 1e-4 });
 */
export function constantSchedule({ learningRate, warmupSteps = 0 }: ScheduleOptions): Schedule {
  return withWarmup(learningRate, warmupSteps, () => learningRate);
}

/**
 * A linear warm-up, then half a cosine down to the end of the run.
 *
 * @see Loshchilov and Hutter, SGDR, https://arxiv.org/abs/1608.03983
 * @example
 * const schedule = cosineSchedule({ learningRate: 1e-3, totalSteps: 5000, warmupSteps: 50 });
 */
export function cosineSchedule(options: CosineScheduleOptions): Schedule {
  return falling(options, (progress) => 0.5 * (1 + Math.cos(Math.PI * progress)));
}

/**
 * A linear warm-up, then `(1 − progress) ^ power` down to the end of the run.
 *
 * @see Chen et al., DeepLab, https://arxiv.org/abs/1606.00915
 * @example
 * const schedule = polynomialSchedule({ learningRate: 0.01, totalSteps: 5000 });
 */
export function polynomialSchedule(options: PolynomialScheduleOptions): Schedule {
  const { power = 0.9 } = options;
  return falling(options, (progress) => (1 - progress) ** power);
}

/**
 * A linear warm-up, then the rate is multiplied by a factor every so many steps.
 *
 * @see PyTorch's torch.optim.lr_scheduler.StepLR
 * @example
 * const schedule = stepSchedule({ learningRate: 0.01, dropEvery: 1000, factor: 0.5 });
 */
export function stepSchedule(options: StepScheduleOptions): Schedule {
  const { learningRate, warmupSteps = 0, dropEvery, factor = 0.1 } = options;
  return withWarmup(
    learningRate,
    warmupSteps,
    (step) => learningRate * factor ** Math.floor(step / dropEvery),
  );
}

function falling(options: CosineScheduleOptions, shareAt: (progress: number) => number): Schedule {
  const { learningRate, totalSteps, warmupSteps = 0, finalShare = 0 } = options;
  return withWarmup(learningRate, warmupSteps, (step) => {
    const progress = Math.min(1, step / Math.max(1, totalSteps - warmupSteps));
    return learningRate * (finalShare + (1 - finalShare) * shareAt(progress));
  });
}

/** The rest of the schedule counts its steps from the end of the warm-up. */
function withWarmup(learningRate: number, warmupSteps: number, rest: Schedule): Schedule {
  return (step) =>
    step < warmupSteps ? (learningRate * (step + 1)) / warmupSteps : rest(step - warmupSteps);
}
