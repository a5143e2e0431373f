import { ScoreTable } from '@lungseg/metrics';
import type { CaseResult } from './evaluate-cases.js';

/** Gathers the scores of all cases, class by class. */
export function scoresOf(results: readonly CaseResult[]): ScoreTable {
  const table = new ScoreTable();
  for (const { name, scores } of results) {
    for (const [label, of] of Object.entries(scores)) table.add(name, label, of);
  }
  return table;
}

/** JSON has no number for infinity, which is written as a string, nor for what isn't a number, which is null. */
export function formatJson(value: unknown): string {
  const plain = (_: string, item: unknown): unknown =>
    item === Infinity || item === -Infinity ? String(item) : item;
  return `${JSON.stringify(value, plain, 2)}\n`;
}
