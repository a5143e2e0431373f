import type { ScoreSummary } from '@lungseg/metrics';
import Table from 'cli-table3';

/** The scores that a reader asks for first, and how they are written. */
const SHOWN = [
  { score: 'dice', head: 'Dice', digits: 4 },
  { score: 'surfaceDice', head: 'NSD', digits: 4 },
  { score: 'hausdorff95', head: 'HD95 mm', digits: 2 },
  { score: 'volumeDifferenceMl', head: 'difference ml', digits: 0 },
] as const;

/** Means, their confidence intervals and medians, as a table for a terminal. */
export function formatSummary(summary: readonly ScoreSummary[]): string {
  const table = new Table({
    head: ['', 'mean', '95 % interval', 'median', 'cases'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const { score, head, digits } of SHOWN) {
    const found = summary.find((row) => row.score === score);
    if (found === undefined) continue;
    const text = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(digits));
    table.push([
      head,
      text(found.mean),
      found.interval.map(text).join(' to '),
      text(found.median),
      String(found.count),
    ]);
  }
  return table.toString();
}
