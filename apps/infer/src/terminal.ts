import { SingleBar } from 'cli-progress';

/** Where a command writes. */
export interface Streams {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** What a command says while it works; says nothing when quiet. */
export class Terminal {
  readonly #streams: Streams;
  readonly #isQuiet: boolean;
  #bar: SingleBar | undefined;

  constructor(streams: Streams, isQuiet: boolean) {
    this.#streams = streams;
    this.#isQuiet = isQuiet;
  }

  /** A line on stdout. */
  line(text: string): void {
    this.endProgress();
    if (!this.#isQuiet) this.#streams.out.write(`${text}\n`);
  }

  /** Moves the progress bar on stderr, where that is a terminal. */
  progress(done: number, total: number): void {
    if (this.#isQuiet || this.#streams.err.isTTY !== true) return;
    if (this.#bar === undefined) {
      this.#bar = new SingleBar({
        format: 'network       {bar} window {value}/{total}, {eta_formatted} left',
        stream: this.#streams.err,
        hideCursor: true,
        clearOnComplete: true,
      });
      this.#bar.start(total, 0);
    }
    this.#bar.update(done);
    if (done === total) this.endProgress();
  }

  /** Takes the progress bar away. */
  endProgress(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
