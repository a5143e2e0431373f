import { cpus, loadavg, totalmem, type } from 'node:os';

/** Where figures were taken. */
export interface Machine {
  /** The processor's name. */
  readonly processor: string;
  /** How many of its cores there are. */
  readonly cores: number;
  /** Its memory, in GiB. */
  readonly memoryGiB: number;
  /** The operating system. */
  readonly system: string;
  /** Node's version. */
  readonly node: string;
  /** What else the machine did when the run began: the load average of a minute. */
  readonly load: number;
}

/** The machine this runs on, now. */
export function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: type(),
    node: process.versions.node,
    load: Number(loadavg()[0]!.toFixed(1)),
  };
}
