import { InvalidArgumentError, type Json } from '@lungseg/core';
import { bootstrapMean, type BootstrapOptions, type Interval } from './bootstrap.js';
import { formatCsv } from './csv.js';
import { percentileOfSorted } from './percentile.js';

/** Scores by name, such as those of `segmentationScores`. */
export type Scores = Readonly<Record<string, number>>;

/** The scores of one class of one case. */
export interface CaseScores {
  readonly case: string;
  /** For instance `right lung`. */
  readonly label: string;
  readonly scores: Scores;
}

/** One score of one class over all cases. */
export interface ScoreSummary {
  readonly label: string;
  readonly score: string;
  /** How many cases have a number, which may be infinite; the others are left out of what follows. */
  readonly count: number;
  readonly mean: number;
  readonly median: number;
  /** Bootstrap confidence interval of the mean; NaN for fewer than two cases. */
  readonly interval: Interval;
}

/**
 * Gathers scores case by case and class by class, and says how they are spread. It keeps the numbers alone, so that
 * masks can go as soon as they are judged.
 *
 * @example
 * const table = new ScoreTable();
 * for (const { name, mask, truth } of cases) table.add(name, 'lung', segmentationScores(mask, truth));
 * table.summary().find(({ score }) => score === 'dice'); // { label: 'lung', score: 'dice', count: 20, mean: 0.97, ... }
 * table.toCsv(); // 'case,label,dice,iou,...\n...'
 */
export class ScoreTable {
  readonly #rows: CaseScores[] = [];
  readonly #seen = new Set<string>();

  /**
   * Adds the scores of one class of one case.
   *
   * @throws InvalidArgumentError when the case has scores of this class already
   */
  add(caseName: string, label: string, scores: Scores): void {
    const key = JSON.stringify([caseName, label]);
    if (this.#seen.has(key)) {
      throw new InvalidArgumentError(
        `A case has each label once. Received: ${caseName}, ${label} for the second time. Give the cases different names.`,
      );
    }
    this.#seen.add(key);
    this.#rows.push({ case: caseName, label, scores: { ...scores } });
  }

  /** What was added, in that order. */
  get rows(): readonly CaseScores[] {
    return this.#rows;
  }

  /** Each score of each class, in the order in which they came. */
  summary(options: BootstrapOptions = {}): ScoreSummary[] {
    const labels = [...new Set(this.#rows.map(({ label }) => label))];
    return labels.flatMap((label) => {
      const rows = this.#rows.filter((row) => row.label === label);
      return scoreNames(rows).map((score) => {
        const values = rows.map(({ scores }) => scores[score] ?? Number.NaN);
        return { label, score, ...summarizeValues(values, options) };
      });
    });
  }

  /** A row a case and class, a column a score: empty where there is no number, `inf` where it is infinite. */
  toCsv(): string {
    const names = scoreNames(this.#rows);
    const rows = this.#rows.map(({ case: name, label, scores }) => [
      name,
      label,
      ...names.map((score) => scores[score] ?? Number.NaN),
    ]);
    return formatCsv([['case', 'label', ...names], ...rows]);
  }

  /** {@link ScoreTable.summary}, a row a class and score. */
  toSummaryCsv(options: BootstrapOptions = {}): string {
    const rows = this.summary(options).map(({ label, score, count, mean, median, interval }) => [
      label,
      score,
      count,
      mean,
      median,
      ...interval,
    ]);
    return formatCsv([['label', 'score', 'count', 'mean', 'median', 'low', 'high'], ...rows]);
  }

  /**
   * Cases and summary as plain JSON, so that `JSON.stringify` takes a table: null where there is no number, and
   * `"Infinity"`, which JSON has no number for.
   */
  toJSON(): Json {
    return {
      cases: this.#rows.map(({ scores, ...row }) => ({
        ...row,
        scores: Object.fromEntries(Object.entries(scores).map(([name, value]) => [name, toJson(value)])),
      })),
      summary: this.summary().map(({ mean, median, interval, ...row }) => ({
        ...row,
        mean: toJson(mean),
        median: toJson(median),
        interval: interval.map(toJson),
      })),
    };
  }
}

function scoreNames(rows: readonly CaseScores[]): string[] {
  return [...new Set(rows.flatMap(({ scores }) => Object.keys(scores)))];
}

function summarizeValues(
  all: readonly number[],
  options: BootstrapOptions,
): Pick<ScoreSummary, 'count' | 'mean' | 'median' | 'interval'> {
  const values = all.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const count = values.length;
  return {
    count,
    mean: values.reduce((a, b) => a + b, 0) / count,
    median: count === 0 ? Number.NaN : percentileOfSorted(values, 0.5),
    interval: bootstrapMean(values, options),
  };
}

function toJson(value: number): number | string | null {
  if (Number.isNaN(value)) return null;
  return Number.isFinite(value) ? value : String(value);
}
