/** One run of a task, as the process that ran it measured it. */
export interface Sample {
  /** By the clock on the wall, in ms. */
  readonly wallMs: number;
  /** On all processors together, in ms: what it comes to on a machine that does other things, too. */
  readonly cpuMs: number;
  /** The most memory that its process held meanwhile, in bytes; null where the system doesn't tell. */
  readonly peakBytes: number | null;
  /** What else the contender says of it, for the table. */
  readonly note?: string;
}

/** Something to time: the same work for every contender. */
export interface Task {
  /** What is done, as it stands in the table: `512 x 512 x 300 from .nii.gz`. */
  readonly what: string;
  /** How many of its kind a task makes, where a rate tells more than a time. */
  readonly count?: number;
  /** What each contender's process is sent. */
  readonly request: unknown;
}

/** A case: one kind of work, and who does it. */
export interface BenchCase {
  /** What `--only` calls it. */
  readonly name: string;
  /** The heading of its section of docs/benchmarks.md. */
  readonly title: string;
  /** What is measured, in a sentence or two. */
  readonly about: string;
  /**
   * Who does the work, lungseg first: programs that answer requests one by one. `x.js` is a module beside the cases
   * (see `serveTasks`), `x.py` a script of peers/ (see `peer.py`), either with arguments behind it. One that can't start,
   * for instance since Python lacks what it needs, is left out, but for the first.
   */
  readonly contenders: readonly string[];
  /** Each task is done once, and that counts, whatever `--repeats` says: for what is watched as it goes on. */
  readonly once?: true;
  /** Contenders come one after the other with all their runs instead of taking turns: together they would fill the memory. */
  readonly apart?: true;
  /** Writes into `folder` what the tasks need, and gives the tasks. */
  readonly prepare: (folder: string, say: (line: string) => void) => Promise<readonly Task[]>;
}

/** The runs of one task, by contender. */
export interface Measurement {
  readonly what: string;
  /** How many each run made, where that counts. */
  readonly count?: number;
  /** By the name that each contender gives itself, its version in it; in the order of the case. */
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
