import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingEvent } from '@lungseg/trainer';
import { writeWhole } from '@lungseg/trainer';
import { encodePng, type Picture } from '@lungseg/visualize';
import type { SummaryValue } from '../tensorboard/event.js';
import { EventFile } from '../tensorboard/event-file.js';
import { MetricsFile } from './metrics-file.js';

/** The files of a run's folder beside its checkpoints. */
export const RUN_FILES = {
  config: 'config.json',
  manifest: 'run.json',
  metrics: 'metrics.jsonl',
  log: 'log.txt',
  /** A folder of the latest picture of each validation case. */
  pictures: 'validation',
  tensorboard: 'tensorboard',
} as const;

/** Writes what a run leaves behind beside its checkpoints: metrics, log, TensorBoard's events, pictures. */
export class RunRecords {
  readonly #folder: string;
  readonly #metrics: MetricsFile;
  readonly #events: EventFile;

  /** @param folder of the run; made where it isn't there */
  constructor(folder: string) {
    mkdirSync(join(folder, RUN_FILES.pictures), { recursive: true });
    this.#folder = folder;
    this.#metrics = new MetricsFile(join(folder, RUN_FILES.metrics));
    this.#events = new EventFile(join(folder, RUN_FILES.tensorboard));
  }

  /** Writes a JSON file, whole or not at all. */
  async json(name: 'config' | 'manifest', value: unknown): Promise<void> {
    await writeWhole(join(this.#folder, RUN_FILES[name]), `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Appends a line to the log. */
  log(line: string): void {
    appendFileSync(join(this.#folder, RUN_FILES.log), `${new Date().toISOString()} ${line}\n`);
  }

  /** Before a run begins at its first step: takes away the metrics of one that got no further than that. */
  async begin(): Promise<void> {
    await this.#metrics.rewindTo(-1);
  }

  /** Takes down an event. */
  async event(event: TrainingEvent): Promise<void> {
    if (event.type === 'resume') await this.#metrics.rewindTo(event.step);
    this.#metrics.append(event);
    const values = summaryOf(event);
    if (values.length > 0) this.#events.write(event.step, values);
    const line = logLine(event);
    if (line !== undefined) this.log(line);
  }

  /** Keeps the picture of a validation case, which replaces the one before it. */
  async picture(step: number, caseName: string, picture: Picture): Promise<void> {
    const { width, height } = picture;
    const image = { width, height, png: await encodePng(picture) };
    this.#events.write(step, [{ tag: `validation/${caseName}`, image }]);
    await writeWhole(join(this.#folder, RUN_FILES.pictures, pictureFile(caseName)), image.png);
  }
}

/** The name of a case's picture: letters, digits, dots and dashes only. */
export function pictureFile(caseName: string): string {
  return `${caseName.replace(/[^\w.-]+/g, '_').replace(/^\.+/, '_')}.png`;
}

function summaryOf(event: TrainingEvent): SummaryValue[] {
  switch (event.type) {
    case 'step':
      return [
        { tag: 'train/loss', scalar: event.loss },
        { tag: 'train/learning_rate', scalar: event.learningRate },
        { tag: 'train/gradient_norm', scalar: event.gradientNorm },
        { tag: 'train/samples_per_second', scalar: (1000 * event.samples) / event.durationMs },
      ];
    case 'epoch':
      return [{ tag: 'train/epoch_loss', scalar: event.meanLoss }];
    case 'validation':
      return [
        { tag: 'validation/mean_dice', scalar: event.meanDice },
        ...Object.entries(event.dice).map(([name, scalar]) => ({ tag: `validation_dice/${name}`, scalar })),
      ];
    default:
      return [];
  }
}

/** What an event is in words; undefined for those that are too many to list. */
export function logLine(event: TrainingEvent): string | undefined {
  switch (event.type) {
    case 'resume':
      return [...event.passedOver, `Going on from step ${event.step}, ${event.path}`].join(' ');
    case 'step':
      return undefined;
    case 'epoch':
      return `Epoch ${event.epoch + 1}: mean loss ${event.meanLoss.toFixed(4)}`;
    case 'validation': {
      const cases = Object.entries(event.dice).map(([name, dice]) => `${name} ${dice.toFixed(4)}`);
      return `Validation at step ${event.step}: mean Dice ${event.meanDice.toFixed(4)} (${cases.join(', ')})`;
    }
    case 'checkpoint':
      return event.best ? `Best so far: ${event.path}` : undefined;
    case 'done':
      return event.reason === 'early-stopping'
        ? `Stopped at step ${event.step}: validation Dice no longer rises`
        : `All ${event.step} steps taken`;
  }
}
