/** The steps from a file to a mask, in order. */
export const STAGES = ['read', 'prepare', 'network', 'restore', 'post-process', 'write'] as const;

/** One of {@link STAGES}. */
export type Stage = (typeof STAGES)[number];

/** Called after each stage. */
export type StageListener = (stage: Stage, seconds: number) => void;

/** Measures how long stages take. */
export class StageClock {
  readonly #seconds = new Map<Stage, number>();
  readonly #listener: StageListener | undefined;

  constructor(listener?: StageListener) {
    this.#listener = listener;
  }

  /** Does a stage and notes its time; its listener hears of it only if it succeeds. */
  async measure<T>(stage: Stage, action: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await action();
    this.record(stage, (performance.now() - start) / 1000);
    return result;
  }

  /** Notes the time of a stage that was measured elsewhere. */
  record(stage: Stage, seconds: number): void {
    this.#seconds.set(stage, seconds);
    this.#listener?.(stage, seconds);
  }

  /** Seconds by stage, in order; those that didn't run are left out. */
  get seconds(): Partial<Record<Stage, number>> {
    return Object.fromEntries(
      STAGES.flatMap((stage) => {
        const seconds = this.#seconds.get(stage);
        return seconds === undefined ? [] : [[stage, seconds]];
      }),
    );
  }
}
