import type { Programme } from './programme-schema.js';

/** What of a case in infer:evaluate's JSON the table tells; infinite numbers stand there as strings. */
export interface EvaluatedCase {
  readonly name: string;
  readonly scores: {
    readonly lungs: Readonly<Record<'dice' | 'surfaceDice' | 'hausdorff95', number | string | null>>;
  };
  readonly diceRight: number | null;
  readonly diceLeft: number | null;
  readonly volumeMl: number;
  readonly referenceMl: number;
}

/** A fold's results. */
export interface FoldResults {
  readonly fold: number;
  readonly cases: readonly EvaluatedCase[];
}

/**
 * The results of all folds as a table in Markdown, a row a case and a row for the mean over cases.
 *
 * @param folds each with the cases that its model was not trained on
 */
export function formatResults(folds: readonly FoldResults[]): string {
  const rows = folds.flatMap(({ fold, cases }) => cases.map((item) => rowOf(fold, item)));
  const cases = folds.flatMap((results) => results.cases);
  const mean = (value: (item: EvaluatedCase) => number | string | null): string => {
    const numbers = cases.map(value).filter((n): n is number => typeof n === 'number');
    return numbers.length === 0 ? '–' : (numbers.reduce((a, b) => a + b, 0) / numbers.length).toFixed(4);
  };
  return [
    '| case | fold | Dice | NSD at 2 mm | HD95 mm | ml | reference ml | volume error | Dice right | Dice left |',
    '| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |',
    ...rows,
    `| **mean** | | **${mean(({ scores }) => scores.lungs.dice)}** | **${mean(({ scores }) => scores.lungs.surfaceDice)}** | | | | | ${mean(({ diceRight }) => diceRight)} | ${mean(({ diceLeft }) => diceLeft)} |`,
    '',
  ].join('\n');
}

/**
 * The page of a programme's results, in Markdown.
 *
 * @param keep how much of the run before a fold's last one its model keeps
 */
export function resultsPage(
  { name, version, shippedFold, tuning }: Programme,
  keep: number,
  folds: readonly FoldResults[],
  phantoms: readonly FoldResults[],
): string {
  const made = [
    ...(tuning === undefined ? [] : [`tuned by ${tuning}`]),
    ...(keep === 0 ? [] : [`averaged with the weights of the run before its last one by a share of ${keep}`]),
  ].join(', ');
  return [
    `# ${name} ${version}: results`,
    'Research use only.',
    `Each case by the model of its fold, ${made === '' ? '' : `${made}, `}which was trained on none of the fold's patients; by \`infer:evaluate\`, on the CT's own grid.`,
    formatResults(folds),
    ...(phantoms.length === 0
      ? []
      : [
          `Phantoms that no model was trained on, by the model of fold ${shippedFold}:`,
          formatResults(phantoms),
        ]),
  ].join('\n\n');
}

function rowOf(fold: number, { name, scores: { lungs }, ...item }: EvaluatedCase): string {
  const error =
    item.referenceMl === 0
      ? '–'
      : `${((100 * (item.volumeMl - item.referenceMl)) / item.referenceMl).toFixed(1)} %`;
  const cells = [
    name,
    String(fold),
    format(lungs.dice, 4),
    format(lungs.surfaceDice, 4),
    format(lungs.hausdorff95, 2),
    item.volumeMl.toFixed(0),
    item.referenceMl.toFixed(0),
    error,
    format(item.diceRight, 4),
    format(item.diceLeft, 4),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** What has no number, such as the Dice of two empty masks, is a dash. */
function format(value: number | string | null, digits: number): string {
  return typeof value === 'number' ? value.toFixed(digits) : (value ?? '–');
}
