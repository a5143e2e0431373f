import { SingleBar } from 'cli-progress';

/** Where a command writes. */
export interface Streams {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** What a progress bar shows beside the numbers. */
export interface Counted {
  readonly task: string;
  readonly unit: string;
}

const WINDOWS: Counted = { task: 'network', unit: 'window' };

/** To the line's first column, and what was written there away. */
const CLEAR_LINE = '\r\u001b[K';

/** Where the bar is taken away later on: it goes back to where the cursor was saved last. */
const SAVE_CURSOR = '\u001b7';

/** What a command says while it works; says no more than remarks when quiet. */
export class Terminal {
  readonly #streams: Streams;
  readonly #isQuiet: boolean;
  #bar: SingleBar | undefined;

  constructor(streams: Streams, isQuiet: boolean) {
    this.#streams = streams;
    this.#isQuiet = isQuiet;
  }

  /** A line on stdout; a progress bar stays below it. */
  line(text: string): void {
    if (this.#isQuiet) return;
    if (this.#bar !== undefined) this.#streams.err.write(CLEAR_LINE);
    this.#streams.out.write(`${text}\n`);
    if (this.#bar === undefined) return;
    this.#streams.err.write(SAVE_CURSOR);
    this.#bar.render();
  }

  /** A line that a result must not go without: on stdout, or on stderr when quiet. */
  remark(text: string): void {
    if (this.#isQuiet) this.#streams.err.write(`${text}\n`);
    else this.line(text);
  }

  /**
   * Moves the progress bar on stderr, where that is a terminal.
   *
   * @param counted what is done and what it is counted in; windows of the network by default
   */
  progress(done: number, total: number, counted: Counted = WINDOWS): void {
    if (this.#isQuiet || this.#streams.err.isTTY !== true) return;
    if (this.#bar === undefined) {
      this.#bar = new SingleBar({
        format: `${counted.task.padEnd(13)} {bar} ${counted.unit} {value}/{total}, {eta_formatted} left`,
        stream: this.#streams.err,
        hideCursor: true,
        clearOnComplete: true,
        forceRedraw: true,
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
