import { appendFileSync, mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { formatEvent, formatVersionEvent, type SummaryValue } from './event.js';
import { formatRecord } from './record.js';

/**
 * A file of events that TensorBoard opens; each start of a run has a file of its own in the same folder. Where events
 * repeat steps of an earlier file, TensorBoard shows the later ones.
 */
export class EventFile {
  readonly #path: string;

  /** @param folder made where it isn't there */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    const seconds = Date.now() / 1000;
    const name = `events.out.tfevents.${Math.floor(seconds)}.${hostname()}.${process.pid}.0`;
    this.#path = join(folder, name);
    appendFileSync(this.#path, formatRecord(formatVersionEvent(seconds)));
  }

  /** Writes values at a step, at once. */
  write(step: number, values: readonly SummaryValue[]): void {
    appendFileSync(this.#path, formatRecord(formatEvent(Date.now() / 1000, step, values)));
  }
}
