import Table from 'cli-table3';
import { NSD_TOLERANCE_MM, type CaseResult } from './evaluate-cases.js';
import { scoresOf } from './evaluation-scores.js';
import { STAGES } from './stages.js';

/** The columns of scores of both lungs that are summarized below the cases. */
const SUMMARIZED = [
  { score: 'dice', head: 'Dice', digits: 4 },
  { score: 'surfaceDice', head: `NSD ${NSD_TOLERANCE_MM} mm`, digits: 4 },
  { score: 'hausdorff95', head: 'HD95 mm', digits: 2 },
  { score: 'volumeDifferenceMl', head: 'difference ml', digits: 0 },
] as const;

/**
 * Results case by case as a table for a terminal, with their mean, the confidence interval of the mean, and their
 * median where there are several.
 */
export function formatEvaluation(results: readonly CaseResult[]): string {
  const stages = STAGES.filter((stage) => stage !== 'write');
  const head = [
    'case',
    ...SUMMARIZED.map((column) => column.head),
    ...['ml', 'reference', 'Dice right', 'left'],
    ...stages.map((stage) => `${stage} s`),
  ];
  const table = new Table({
    head,
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [] },
  });
  for (const result of results) {
    table.push([
      result.name,
      ...SUMMARIZED.map(({ score, digits }) => format(result.scores.lungs[score], digits)),
      result.volumeMl.toFixed(0),
      result.referenceMl.toFixed(0),
      format(result.diceRight, 4),
      format(result.diceLeft, 4),
      ...stages.map((stage) => result.seconds[stage]?.toFixed(1) ?? '-'),
    ]);
  }
  if (results.length > 1) {
    const rest = Array.from({ length: head.length - 1 - SUMMARIZED.length }, () => '');
    for (const row of summaryRows(results)) table.push([...row, ...rest]);
  }
  return table.toString();
}

function summaryRows(results: readonly CaseResult[]): string[][] {
  const summary = scoresOf(results).summary();
  const columns = SUMMARIZED.map(({ score, digits }) => ({
    digits,
    of: summary.find((item) => item.label === 'lungs' && item.score === score)!,
  }));
  return [
    ['mean', ...columns.map(({ of, digits }) => format(of.mean, digits))],
    [
      '95 % interval',
      ...columns.map(({ of, digits }) => of.interval.map((bound) => format(bound, digits)).join(' to ')),
    ],
    ['median', ...columns.map(({ of, digits }) => format(of.median, digits))],
  ];
}

function format(value: number | null, digits: number): string {
  if (value === null || Number.isNaN(value)) return '-';
  return Number.isFinite(value) ? value.toFixed(digits) : '∞';
}
