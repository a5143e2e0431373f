import Table from 'cli-table3';
import type { Flag } from './flags.js';
import type { LungStatistics, Summary } from './statistics.js';

/** Volumes, HU and slices as a table for a terminal. */
export function formatSummary({ right, left, total }: Summary, slices: number): string {
  const table = new Table({
    head: ['', 'volume', 'mean HU', 'slices'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const row of [right, left, total]) table.push(rowOf(row, slices));
  return table.toString();
}

function rowOf({ name, volumeMl, meanHu, slices }: LungStatistics, count: number): string[] {
  return [
    name,
    `${volumeMl.toFixed(0)} ml`,
    meanHu === null ? '-' : meanHu.toFixed(0),
    // Counted from 1, as viewers do.
    slices === null ? '-' : `${slices.first + 1}-${slices.last + 1} of ${count}`,
  ];
}

/** Flags as lines. */
export function formatFlags(flags: readonly Flag[]): string[] {
  return flags.map(({ message }) => `! ${message}`);
}
