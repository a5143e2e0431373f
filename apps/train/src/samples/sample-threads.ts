import { toJson, type Sample } from '@lungseg/core';
import { prefetch } from '@lungseg/data';
import { openPull, PullStream, type Pull } from '@lungseg/transforms';
import type { TrainConfig } from '../config.js';
import type { RunCases } from '../load-cases.js';
import type { AugmentationConfig } from './augment-work.js';
import { drawSamples, type DrawnSample, type SampleJob } from './draw-sample.js';

interface Waiting {
  readonly resolve: (sample: Sample) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes a run's samples in threads of their own, ahead of the training that takes them. Samples are asked for one number
 * after the other, from any number on.
 */
export class SampleThreads {
  readonly #draw: (index: number) => DrawnSample;
  readonly #threads: number;
  readonly #options: AugmentationConfig;
  readonly #names = new Map<number, string>();
  readonly #waiting: Waiting[] = [];
  #pull: Pull | undefined;
  #next = 0;

  /** @throws InvalidArgumentError when there is no case to make samples of */
  constructor(config: TrainConfig, cases: Pick<RunCases, 'real' | 'phantoms'>) {
    const { crop, augmentation, preprocessing, workers } = config;
    this.#draw = drawSamples(config, cases);
    this.#options = { crop, augmentation, preprocessing };
    this.#threads = workers;
  }

  /** The sample with a number, which is one more than the last one's. */
  sampleAt(index: number): Promise<Sample> {
    this.#pull ??= this.#open(index);
    if (index !== this.#next) throw new RangeError(`Samples come in turn: ${this.#next}, not ${index}.`);
    this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#waiting.length === 1) this.#pull!.request();
    });
  }

  /** The case of a sample that was drawn of late. */
  nameOfSample(index: number): string | undefined {
    return this.#names.get(index);
  }

  /** Ends the threads. */
  close(): void {
    this.#pull?.cancel();
  }

  #open(first: number): Pull {
    let drawn = first;
    this.#next = first;
    const ahead = 2 * this.#threads;
    const jobs = new PullStream<SampleJob>((sink) => ({
      request: () => {
        const { name, job } = this.#draw(drawn);
        this.#names.set(drawn, name);
        // Those that wait to be taken, those of the step under way, and as many again.
        this.#names.delete(drawn - 4 * (ahead + this.#waiting.length + 1));
        drawn++;
        sink.next(job);
      },
      cancel: () => undefined,
    }));
    const options = toJson(this.#options);
    const samples = jobs.pipe(
      prefetch<SampleJob, Sample>({
        module: new URL('./augment-work.js', import.meta.url),
        options,
        workers: this.#threads,
        ahead,
        // Jobs bring the state of their generator with them.
        seed: 0,
      }),
    );
    return openPull(samples, {
      next: (sample) => {
        this.#waiting.shift()!.resolve(sample);
        if (this.#waiting.length > 0) this.#pull!.request();
      },
      error: (error) => {
        for (const { reject } of this.#waiting.splice(0)) reject(error);
      },
      complete: () => undefined,
    });
  }
}
