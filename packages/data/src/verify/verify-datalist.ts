import type { DatalistEntry } from '../datalist/datalist.js';
import { verifyCase, type CaseReport, type VerifyOptions } from './verify-case.js';

/** What was found of a data set. */
export interface DatalistReport {
  readonly cases: readonly CaseReport[];
  /** How many cases have a problem. */
  readonly badCases: number;
  /** Least, median and greatest distance between voxels along i, j, k, in mm; absent where no image can be read. */
  readonly spacing?: readonly (readonly [number, number, number])[];
}

/** Options of {@link verifyDatalist}. */
export interface VerifyDatalistOptions extends VerifyOptions {
  /** Called after each case. */
  readonly onCase?: (report: CaseReport, done: number, total: number) => void;
}

/**
 * Checks the cases of a datalist before training, one after another: {@link verifyCase} for each, an image listed twice, and the
 * spread of spacings.
 *
 * @param entries of a datalist
 * @param options the values of labels, and who is told of progress
 * @example
 * const report = await verifyDatalist(training, { labels: [0, 1] });
 * console.log(formatReport(report));
 */
export async function verifyDatalist(
  entries: readonly DatalistEntry[],
  options: VerifyDatalistOptions = {},
): Promise<DatalistReport> {
  const cases: CaseReport[] = [];
  const seen = new Set<string>();
  for (const entry of entries) {
    const found = await verifyCase(entry, options);
    const report = seen.has(entry.image)
      ? { ...found, problems: [...found.problems, 'image: listed before.'] }
      : found;
    seen.add(entry.image);
    cases.push(report);
    options.onCase?.(report, cases.length, entries.length);
  }
  const spacings = cases.flatMap(({ spacing }) => (spacing === undefined ? [] : [spacing]));
  return {
    cases,
    badCases: cases.filter(({ problems }) => problems.length > 0).length,
    ...(spacings.length === 0
      ? {}
      : { spacing: [0, 1, 2].map((axis) => spread(spacings.map((spacing) => spacing[axis]!))) }),
  };
}

/** Least, median (the lower of two) and greatest. */
function spread(values: readonly number[]): [number, number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  return [sorted[0]!, sorted[(sorted.length - 1) >> 1]!, sorted[sorted.length - 1]!];
}

/**
 * A report as a table in plain text: a line a case, its problems beneath, and the spacings at the end.
 *
 * @param report of {@link verifyDatalist}
 */
export function formatReport(report: DatalistReport): string {
  const rows = report.cases.map((found) => [
    found.problems.length === 0 ? 'ok' : 'BAD',
    found.entry.image,
    found.size?.join(' x ') ?? '-',
    found.spacing?.map(short).join(' x ') ?? '-',
    found.range === undefined ? '-' : found.range.map(short).join(' to '),
    found.labels?.join(' ') ?? '-',
    found.foreground === undefined ? '-' : `${(100 * found.foreground).toFixed(1)} %`,
  ]);
  const head = ['', 'image', 'voxels', 'spacing mm', 'values', 'labels', 'labelled'];
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  const lines = report.cases.flatMap((found, n) => [
    line(rows[n]!),
    ...found.problems.map((problem) => `     ${problem}`),
  ]);
  const spacing = report.spacing?.map(
    ([low, median, high], axis) => `${'ijk'[axis]!} ${short(low)} / ${short(median)} / ${short(high)}`,
  );
  return [
    line(head),
    ...lines,
    '',
    `${report.cases.length} cases, ${report.badCases} with problems`,
    ...(spacing === undefined ? [] : [`spacing in mm, least / median / greatest: ${spacing.join('; ')}`]),
  ].join('\n');
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
