/** How long some runs took, in milliseconds. */
export interface Timing {
  /** Of each run, by the clock on the wall. */
  readonly wall: readonly number[];
  /** Of each run, on all processors together: what it comes to on a machine that does other things, too. */
  readonly cpu: readonly number[];
}

/** One thing measured, by lungseg and by others. */
export interface Measurement {
  readonly bench: string;
  readonly what: string;
  /** By who ran it; `lungseg` among them. */
  readonly timings: Readonly<Record<string, Timing>>;
}

/** What a bench may use. */
export interface BenchContext {
  /** How often each thing is measured. */
  readonly repeats: number;
  /** A Python for others' programs, where there is one. */
  readonly python: string | undefined;
  /** Says what happens. */
  readonly say: (line: string) => void;
}

/** A bench: measures, and gives its rows. */
export type Bench = (context: BenchContext) => Promise<readonly Measurement[]>;

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How long each of some runs takes, after one that doesn't count. */
export async function measure(repeats: number, action: () => Promise<unknown>): Promise<Timing> {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let run = 0; run <= repeats; run++) {
    const start = performance.now();
    const before = process.cpuUsage();
    await action();
    const { user, system } = process.cpuUsage(before);
    if (run === 0) continue;
    wall.push(performance.now() - start);
    cpu.push((user + system) / 1000);
  }
  return { wall, cpu };
}

/** A line for the terminal: medians, and how many times another's lungseg's are. */
export function lineOf({ bench, what, timings }: Measurement): string {
  const { lungseg, ...others } = timings;
  const figure = (name: string, { wall, cpu }: Timing): string =>
    `${name} ${median(wall).toFixed(0)} ms (${median(cpu).toFixed(0)} ms of CPU)`;
  const ratio = (name: string, { wall, cpu }: Timing): string =>
    `${figure(name, { wall, cpu })}, of which lungseg takes ${(median(lungseg!.wall) / median(wall)).toFixed(2)} (${(median(lungseg!.cpu) / median(cpu)).toFixed(2)})`;
  return [
    `${bench}: ${what}: ${figure('lungseg', lungseg!)}`,
    ...Object.entries(others).map(([name, timing]) => ratio(name, timing)),
  ].join('; ');
}
