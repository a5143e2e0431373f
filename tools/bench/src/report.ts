import { median, type BenchCase, type Measurement, type Sample } from './bench-case.js';
import type { Machine } from './machine.js';

/** One run of one case. */
export interface Report {
  readonly benchCase: Pick<BenchCase, 'name' | 'title' | 'about'>;
  readonly machine: Machine;
  readonly repeats: number;
  readonly measurements: readonly Measurement[];
}

/** The medians of one contender's runs, beside the first contender's. */
interface Figures {
  readonly wallMs: number;
  /** How many were made in a second, where that counts. */
  readonly perSecond?: number;
  readonly cpuMs: number;
  readonly peakBytes: number | null;
  /** What the contender said of its last run. */
  readonly note?: string;
  /** lungseg's time over this one's, or undefined for lungseg's own. */
  readonly ratio: number | undefined;
}

function figuresOf(samples: readonly Sample[], first: readonly Sample[], count?: number): Figures {
  const wall = (of: readonly Sample[]): number => median(of.map(({ wallMs }) => wallMs));
  const note = samples.at(-1)?.note;
  const peaks = samples.flatMap(({ peakBytes }) => peakBytes ?? []);
  return {
    wallMs: wall(samples),
    ...(count === undefined ? {} : { perSecond: (1000 * count) / wall(samples) }),
    ...(note === undefined ? {} : { note }),
    cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
    peakBytes: peaks.length === 0 ? null : Math.max(...peaks),
    ratio: samples === first ? undefined : wall(first) / wall(samples),
  };
}

function rowsOf({ what, samples, count }: Measurement): { what: string; who: string; figures: Figures }[] {
  const [first] = Object.values(samples);
  return Object.entries(samples).map(([who, of]) => ({ what, who, figures: figuresOf(of, first!, count) }));
}

const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const timeOf = ({ wallMs, perSecond, note }: Figures): string =>
  milliseconds(wallMs) +
  (perSecond === undefined ? '' : `, ${perSecond.toFixed(perSecond < 1 ? 2 : 1)} a second`) +
  (note === undefined ? '' : `; ${note}`);
const mebibytes = (bytes: number | null): string =>
  bytes === null ? 'not known' : `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** A measurement's lines for the terminal. */
export function linesOf(measurement: Measurement): string[] {
  return rowsOf(measurement).map(({ what, who, figures }) => {
    const { cpuMs, peakBytes, ratio } = figures;
    const beside = ratio === undefined ? '' : `; lungseg takes ${ratio.toFixed(2)} of it`;
    return `${what}: ${who}: ${timeOf(figures)} (${milliseconds(cpuMs)} of CPU, ${mebibytes(peakBytes)})${beside}`;
  });
}

/** What `--json` writes of a run: medians, and every sample. */
export function jsonOf({ benchCase, machine, repeats, measurements }: Report): unknown {
  const rows = measurements.map((measurement) => ({
    what: measurement.what,
    medians: Object.fromEntries(rowsOf(measurement).map(({ who, figures }) => [who, figures])),
    samples: measurement.samples,
  }));
  return { case: benchCase.name, machine, repeats, measurements: rows };
}

/** A run as a section of docs/benchmarks.md, formatted as Prettier formats it. */
export function sectionOf({ benchCase, machine, repeats, measurements }: Report): string {
  const rows = measurements
    .flatMap(rowsOf)
    .map(({ what, who, figures }) => [
      what,
      who,
      timeOf(figures),
      milliseconds(figures.cpuMs),
      mebibytes(figures.peakBytes),
      figures.ratio?.toFixed(2) ?? '',
    ]);
  const { processor, cores, memoryGiB, system, node, load } = machine;
  return [
    `## ${benchCase.title}`,
    '',
    benchCase.about,
    '',
    `${repeats === 1 ? 'Each once,' : `Medians of ${repeats}`} by \`npx nx run bench:run --only=${benchCase.name}\`, on ${processor}, ${cores} cores, ` +
      `${memoryGiB} GiB, ${system}, Node ${node}; load of the machine at the start: ${load}.`,
    '',
    ...table(['task', 'who', 'time', 'on all cores', 'peak memory', "lungseg's share of the time"], rows),
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, n) => Math.max(title.length, ...rows.map((row) => row[n]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, n) => cell.padEnd(widths[n]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}
