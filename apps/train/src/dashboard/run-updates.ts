import { parseMetricsLine } from '../records/metrics-file.js';
import { RunTail } from './run-tail.js';

/** Step, loss, learning rate, samples per second. */
export type StepRow = readonly [number, number, number, number];
/** Step, mean Dice, null where it is not defined. */
export type ValidationRow = readonly [number, number | null];

/** What the page gets of a run: everything at first, and after a reset; then what is new. */
export interface RunUpdate {
  readonly run: string;
  /** Whether what was sent of this run before doesn't count any more. */
  readonly isReset: boolean;
  readonly steps: readonly StepRow[];
  readonly validations: readonly ValidationRow[];
  readonly log: readonly string[];
  /** How the run ended, where it has. */
  readonly ended?: string;
}

/** Rows of steps that the page gets at once; of more, neighbours are averaged. */
const MOST_STEPS = 4000;
/** Lines of a log that the page gets at once. */
const MOST_LINES = 500;

/** Follows the metrics and the log of one run. */
export class RunUpdates {
  readonly #run: string;
  readonly #metrics: RunTail;
  readonly #log: RunTail;

  constructor(run: string, metricsPath: string, logPath: string) {
    this.#run = run;
    this.#metrics = new RunTail(metricsPath);
    this.#log = new RunTail(logPath);
  }

  /** What is new since the last call; undefined where nothing is. */
  async next(): Promise<RunUpdate | undefined> {
    const [metrics, log] = [await this.#metrics.read(), await this.#log.read()];
    if (metrics.lines.length === 0 && log.lines.length === 0 && !metrics.isReset) return undefined;
    const steps: StepRow[] = [];
    const validations: ValidationRow[] = [];
    let ended: string | undefined;
    for (const line of metrics.lines) {
      const event = parseMetricsLine(line);
      if (event?.type === 'step') {
        steps.push([event.step, event.loss, event.learningRate, (1000 * event.samples) / event.durationMs]);
      }
      if (event?.type === 'validation') validations.push([event.step, event.meanDice]);
      if (event?.type === 'done') ended = event.reason;
    }
    return {
      run: this.#run,
      isReset: metrics.isReset,
      steps: thinned(steps, MOST_STEPS),
      validations,
      log: log.lines.slice(-MOST_LINES),
      ...(ended === undefined ? {} : { ended }),
    };
  }
}

/** At most so many rows: the means of as many neighbours as that takes, at the last one's step. */
export function thinned(rows: readonly StepRow[], most: number): readonly StepRow[] {
  const size = Math.ceil(rows.length / most);
  if (size <= 1) return rows;
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, n) => {
    const group = rows.slice(n * size, (n + 1) * size);
    const mean = (at: 1 | 2 | 3): number => group.reduce((sum, row) => sum + row[at], 0) / group.length;
    return [group[group.length - 1]![0], mean(1), mean(2), mean(3)] as const;
  });
}
