import type { TrainingEvent } from '@lungseg/trainer';
import { Presets, SingleBar } from 'cli-progress';
import type { TrainConfig } from './config.js';
import { Pace } from './pace.js';
import { logLine } from './records/run-records.js';

/** Between lines where the output is not a terminal. */
const LINE_EVERY_MS = 15_000;
/** How much of the shown loss stays at each step. */
const LOSS_DECAY = 0.95;

/** A bar where the output is a terminal, lines now and then where it isn't. */
export class Progress {
  readonly #config: TrainConfig;
  readonly #total: number;
  readonly #pace: Pace;
  readonly #begin = performance.now();
  readonly #out: NodeJS.WriteStream;
  #bar: SingleBar | undefined;
  #loss: number | undefined;
  #dice: number | undefined;
  #lastLine = -Infinity;

  constructor(config: TrainConfig, out: NodeJS.WriteStream = process.stdout) {
    this.#config = config;
    this.#total = config.epochs * config.stepsPerEpoch;
    this.#pace = new Pace(config);
    this.#out = out;
  }

  /** A line that stays. */
  line(text: string): void {
    this.#stopBar();
    this.#out.write(`${text}\n`);
  }

  prepared(name: string, done: number, total: number): void {
    this.#moveBar('Preparing {bar} {value}/{total}  {what}', total, done, name);
    if (done === total) this.#stopBar();
  }

  validating(name: string, number: number, total: number): void {
    this.#stopBar();
    this.#moveBar('Validating {bar} {value}/{total}  {what}', total, number - 1, name);
  }

  event(event: TrainingEvent): void {
    this.#pace.note(event);
    if (event.type === 'step') this.#step(event);
    if (event.type === 'validation') this.#dice = event.meanDice;
    const line = event.type === 'epoch' ? undefined : logLine(event);
    if (line !== undefined) this.line(line);
  }

  end(stopped: boolean): void {
    const minutes = ((performance.now() - this.#begin) / 60_000).toFixed(1);
    const what = stopped ? 'Stopped with a checkpoint' : 'Done';
    this.line(`${what} after ${minutes} minutes. The run's files are in ${this.#config.output}`);
  }

  /** Takes the bar away. */
  close(): void {
    this.#stopBar();
  }

  #step(event: TrainingEvent & { type: 'step' }): void {
    this.#loss = LOSS_DECAY * (this.#loss ?? event.loss) + (1 - LOSS_DECAY) * event.loss;
    const text = stepText(event, this.#config.epochs, this.#total, {
      loss: this.#loss,
      dice: this.#dice,
      samplesPerSecond: this.#pace.samplesPerSecond ?? 0,
      leftMs: this.#pace.leftMs ?? 0,
      memoryBytes: process.memoryUsage.rss(),
    });
    if (this.#out.isTTY) {
      this.#moveBar('{bar} {what}', this.#total, event.step, text);
      return;
    }
    const now = performance.now();
    if (now - this.#lastLine < LINE_EVERY_MS && event.step !== this.#total) return;
    this.#lastLine = now;
    this.#out.write(`${text}\n`);
  }

  /** Moves the bar on a terminal, with a new bar where there is none; elsewhere writes a line now and then. */
  #moveBar(format: string, total: number, value: number, what: string): void {
    if (!this.#out.isTTY) {
      const now = performance.now();
      if (value !== total && now - this.#lastLine < LINE_EVERY_MS) return;
      this.#lastLine = now;
      this.#out.write(`${format.split(' ')[0]} ${value}/${total}  ${what}\n`);
      return;
    }
    if (this.#bar === undefined) {
      this.#bar = new SingleBar(
        { format, stream: this.#out, hideCursor: true, clearOnComplete: true, barsize: 20, linewrap: false },
        Presets.shades_classic,
      );
      this.#bar.start(total, value, { what });
    }
    this.#bar.update(value, { what });
  }

  #stopBar(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

/** The figures that a step's line shows beside the event's own. */
export interface StepFigures {
  /** Smoothed. */
  readonly loss: number;
  /** The last validation's mean; undefined before it. */
  readonly dice: number | undefined;
  readonly samplesPerSecond: number;
  readonly leftMs: number;
  readonly memoryBytes: number;
}

/** `epoch 1/4  step 7/200  loss 0.5210  Dice 0.9012  1.2 samples/s  1.3 GiB  2.5 min left` */
export function stepText(
  { step, epoch }: { readonly step: number; readonly epoch: number },
  epochs: number,
  total: number,
  { loss, dice, samplesPerSecond, leftMs, memoryBytes }: StepFigures,
): string {
  return [
    `epoch ${epoch + 1}/${epochs}`,
    `step ${step}/${total}`,
    `loss ${loss.toFixed(4)}`,
    ...(dice === undefined ? [] : [`Dice ${dice.toFixed(4)}`]),
    `${samplesPerSecond.toFixed(2)} samples/s`,
    `${(memoryBytes / 2 ** 30).toFixed(1)} GiB`,
    `${(leftMs / 60_000).toFixed(1)} min left`,
  ].join('  ');
}
