import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { TrainingEvent } from '@lungseg/trainer';
import { writeWhole } from '@lungseg/trainer';

/** A line of metrics.jsonl: an event and when it was. */
export type MetricsLine = TrainingEvent & { readonly time: string };

/** One JSON event a line, appended as they come. */
export class MetricsFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Before a run goes on from a checkpoint: takes away the events after it, which will come again, and what a kill left
   * of a line.
   *
   * @param step of the checkpoint
   */
  async rewindTo(step: number): Promise<void> {
    if (!existsSync(this.#path)) return;
    const kept = readFileSync(this.#path, 'utf8')
      .split('\n')
      .filter((line) => {
        const event = parseMetricsLine(line);
        return event !== undefined && event.step <= step;
      });
    await writeWhole(this.#path, kept.map((line) => `${line}\n`).join(''));
  }

  /** Appends an event. */
  append(event: TrainingEvent): void {
    const line: MetricsLine = { ...event, time: new Date().toISOString() };
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }
}

/** The event of a line; undefined for half a line. */
export function parseMetricsLine(line: string): MetricsLine | undefined {
  try {
    return JSON.parse(line) as MetricsLine;
  } catch {
    return undefined;
  }
}
