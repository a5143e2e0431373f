import Table from 'cli-table3';
import type { CaseResult } from './evaluate-cases.js';
import { STAGES } from './stages.js';

/** Results case by case, with their mean, as a table for a terminal. */
export function formatEvaluation(results: readonly CaseResult[]): string {
  const stages = STAGES.filter((stage) => stage !== 'write');
  const table = new Table({
    head: ['case', 'Dice', 'right', 'left', 'ml', 'reference', ...stages.map((stage) => `${stage} s`)],
    colAligns: ['left', ...Array.from({ length: 5 + stages.length }, () => 'right' as const)],
    style: { head: [], border: [] },
  });
  for (const result of results) {
    table.push([
      result.name,
      score(result.dice),
      score(result.diceRight),
      score(result.diceLeft),
      result.volumeMl.toFixed(0),
      result.referenceMl.toFixed(0),
      ...stages.map((stage) => result.seconds[stage]?.toFixed(1) ?? '-'),
    ]);
  }
  if (results.length > 1) {
    const mean = results.reduce((sum, result) => sum + result.dice, 0) / results.length;
    table.push(['mean', score(mean), ...Array.from({ length: 4 + stages.length }, () => '')]);
  }
  return table.toString();
}

const score = (value: number | null): string => (value === null ? '-' : value.toFixed(4));
