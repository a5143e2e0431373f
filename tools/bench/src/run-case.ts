import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchCase, Measurement, Sample, Task } from './bench-case.js';
import { startContender, type Contender } from './contender.js';

/** What a run of a case needs to know. */
export interface RunOptions {
  /** How often each contender does each task, after once that doesn't count. */
  readonly repeats: number;
  /** A Python that has the peers. */
  readonly python: string | undefined;
  /** Says what happens. */
  readonly say: (line: string) => void;
}

/** Times a case's tasks: its contenders take turns, so that a busy minute strikes them all, unless they come apart. */
export async function runCase(benchCase: BenchCase, options: RunOptions): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lungseg-bench-'));
  try {
    const tasks = await benchCase.prepare(folder, options.say);
    const { contenders } = benchCase;
    const groups = benchCase.apart === true ? contenders.map((file) => [file]) : [contenders];
    const parts: Measurement[][] = [];
    for (const group of groups) parts.push(await runGroup(group, tasks, benchCase, options));
    return tasks.map((_, n) => ({
      ...parts[0]![n]!,
      samples: Object.assign({}, ...parts.map((part) => part[n]!.samples)) as Measurement['samples'],
    }));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Times all tasks by contenders that are started together. */
async function runGroup(
  files: readonly string[],
  tasks: readonly Task[],
  { contenders: all, once }: BenchCase,
  options: RunOptions,
): Promise<Measurement[]> {
  const contenders: Contender[] = [];
  try {
    for (const file of files) {
      const contender = await startOrSkip(file, options, file === all[0]);
      if (contender !== undefined) contenders.push(contender);
    }
    const runs = once === true ? { counted: 1, before: 0 } : { counted: options.repeats, before: 1 };
    const measurements: Measurement[] = [];
    for (const task of tasks) measurements.push(await runTask(task, contenders, runs));
    return measurements;
  } finally {
    await Promise.all(contenders.map((contender) => contender.stop()));
  }
}

async function startOrSkip(
  file: string,
  { python, say }: RunOptions,
  isNeeded: boolean,
): Promise<Contender | undefined> {
  try {
    return await startContender(file, python);
  } catch (error) {
    if (isNeeded) throw error;
    say(`without ${file}: ${(error as Error).message}`);
    return undefined;
  }
}

/** Times one task: so many runs that count, after some that don't. */
export async function runTask(
  { request, ...task }: Task,
  contenders: readonly Pick<Contender, 'name' | 'run'>[],
  { counted, before }: { readonly counted: number; readonly before: number },
): Promise<Measurement> {
  const samples: Record<string, Sample[]> = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let run = 0; run < before + counted; run++) {
    for (const contender of contenders) {
      const sample = await contender.run(request);
      if (run >= before) samples[contender.name]!.push(sample);
    }
  }
  return { ...task, samples };
}
