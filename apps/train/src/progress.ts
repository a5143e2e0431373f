import type { TrainingEvent } from '@lungseg/trainer';
import type { TrainConfig } from './config.js';

/** Lines where the output is not a terminal, one a batch of steps; on a terminal, one line that is rewritten. */
export class Progress {
  readonly #total: number;
  readonly #begin = performance.now();
  #firstStep: number | undefined;
  #smoothedLoss: number | undefined;
  #lastPrinted = 0;

  constructor(private readonly config: TrainConfig) {
    this.#total = config.epochs * config.stepsPerEpoch;
  }

  prepared(name: string, done: number, total: number): void {
    this.#show(`Preparing ${done}/${total}: ${name}`, done === total);
  }

  event(event: TrainingEvent): void {
    switch (event.type) {
      case 'step': {
        this.#firstStep ??= event.step - 1;
        this.#smoothedLoss = 0.95 * (this.#smoothedLoss ?? event.loss) + 0.05 * event.loss;
        const now = performance.now();
        if (!process.stdout.isTTY && now - this.#lastPrinted < 30_000 && event.step !== this.#total) return;
        this.#lastPrinted = now;
        this.#show(this.#stepLine(event.step, event.epoch, event.durationMs), false);
        return;
      }
      case 'validation': {
        const cases = Object.entries(event.dice).map(([name, dice]) => `${name} ${dice.toFixed(4)}`);
        this.#show(
          `Validation at step ${event.step}: mean Dice ${event.meanDice.toFixed(4)} (${cases.join(', ')})`,
          true,
        );
        return;
      }
      case 'checkpoint':
        if (event.best) this.#show(`Best so far: ${event.path}`, true);
        return;
      default:
    }
  }

  end(stopped: boolean): void {
    const minutes = ((performance.now() - this.#begin) / 60_000).toFixed(1);
    const what = stopped ? 'Stopped with a checkpoint' : 'Done';
    this.#show(`${what} after ${minutes} minutes. The run's files are in ${this.config.output}`, true);
  }

  #stepLine(step: number, epoch: number, durationMs: number): string {
    const first = this.#firstStep ?? 0;
    const perStep = (performance.now() - this.#begin) / Math.max(1, step - first);
    const left = ((this.#total - step) * perStep) / 60_000;
    const memory = process.memoryUsage.rss() / 2 ** 30;
    return (
      `epoch ${epoch + 1}/${this.config.epochs}  step ${step}/${this.#total}  loss ${this.#smoothedLoss!.toFixed(4)}  ` +
      `${(durationMs / 1000).toFixed(2)} s/step  ${memory.toFixed(1)} GiB  ${left.toFixed(1)} min left`
    );
  }

  #show(line: string, keep: boolean): void {
    if (!process.stdout.isTTY) console.log(line);
    else process.stdout.write(`\r\u001b[K${line}${keep ? '\n' : ''}`);
  }
}
