import { selectBackend } from '@lungseg/backend';
import type { Sample } from '@lungseg/core';
import { prefetch } from '@lungseg/data';
import { diceLoss } from '@lungseg/losses';
import { AHNet } from '@lungseg/networks';
import { Adam, constantSchedule, train, type StepEvent } from '@lungseg/trainer';
import { openPull, PullStream } from '@lungseg/transforms';
import { median } from '../bench-case.js';
import { serveTasks } from '../serve-tasks.js';
import type { RecipeRequest } from './recipe.js';

const backend = await selectBackend('auto');
const network = new AHNet({ outChannels: 2, pspBlockNum: 0, upsampleMode: 'trilinear' });
network.recompute = true;
const optimizer = new Adam();

async function takeSteps(request: RecipeRequest): Promise<StepEvent[]> {
  const samples = new Samples(request);
  const steps: StepEvent[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      train({
        network,
        networkOptions: JSON.stringify(network.options),
        loss: diceLoss(),
        optimizer,
        schedule: constantSchedule({ learningRate: 1e-4 }),
        sampleAt: () => samples.next(),
        totalSteps: request.steps,
        stepsPerEpoch: request.steps,
        folder: request.folder,
        keepCheckpoints: 1,
      }).subscribe({
        next: (event) => {
          if (event.type === 'step') steps.push(event);
        },
        error: reject,
        complete: resolve,
      });
    });
  } finally {
    samples.close();
  }
  return steps;
}

/** Samples of the recipe, made ahead in a thread. */
class Samples {
  #resolve: (sample: Sample) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  readonly #pull;

  constructor({ workers, folder, size, spacing }: RecipeRequest) {
    const jobs = new PullStream<number>((sink) => ({
      request: () => sink.next(0),
      cancel: () => undefined,
    }));
    const module = new URL('./augment-work.js', import.meta.url);
    const options = { folder, size, spacing };
    this.#pull = openPull(jobs.pipe(prefetch<number, Sample>({ module, options, workers, seed: 1 })), {
      next: (sample) => this.#resolve(sample),
      error: (error) => this.#reject(error),
      complete: () => undefined,
    });
  }

  next(): Promise<Sample> {
    return new Promise((resolve, reject) => {
      [this.#resolve, this.#reject] = [resolve, reject];
      this.#pull.request();
    });
  }

  close(): void {
    this.#pull.cancel();
  }
}

await serveTasks(`lungseg, ${backend.description}, recomputing blocks`, async (request) => {
  const steps = await takeSteps(request as RecipeRequest);
  const sum = (pick: (event: StepEvent) => number): number => steps.reduce((all, e) => all + pick(e), 0);
  const waiting = (100 * sum((e) => e.waitMs)) / sum((e) => e.durationMs);
  const step = median(steps.map((e) => e.durationMs)) / 1000;
  return { note: `${step.toFixed(2)} s a step, ${waiting.toFixed(1)} % of it waiting` };
});
network.dispose();
