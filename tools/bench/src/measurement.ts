/** One thing measured, by lungseg and by others. */
export interface Measurement {
  readonly bench: string;
  readonly what: string;
  /** Milliseconds of each run, by who ran it; `lungseg` among them. */
  readonly milliseconds: Readonly<Record<string, readonly number[]>>;
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

/** Milliseconds of each of some runs, after one that doesn't count. */
export async function measure(repeats: number, action: () => Promise<unknown>): Promise<number[]> {
  const milliseconds: number[] = [];
  for (let run = 0; run <= repeats; run++) {
    const start = performance.now();
    await action();
    if (run > 0) milliseconds.push(performance.now() - start);
  }
  return milliseconds;
}

/** A line for the terminal: medians, and how many times lungseg's they are. */
export function lineOf({ bench, what, milliseconds }: Measurement): string {
  const { lungseg, ...others } = milliseconds;
  const ours = median(lungseg!);
  const figures = Object.entries(others).map(([name, values]) => {
    const theirs = median(values);
    return `${name} ${theirs.toFixed(0)} ms (lungseg takes ${(ours / theirs).toFixed(2)} of it)`;
  });
  return [`${bench}: ${what}: lungseg ${ours.toFixed(0)} ms`, ...figures].join(', ');
}
