import { InvalidArgumentError, type Volume } from '@lungseg/core';
import { ScoreTable, segmentationScores, type SegmentationScores } from '@lungseg/metrics';
import { encodePng, slicePicture } from '@lungseg/visualize';
import { caseEntries } from '../case-entries.js';
import type { TrainConfig } from '../config.js';
import { loadCases } from '../load-cases.js';
import type { PreparedCase } from '../prepare-case.js';
import { networkOf, type TrainedRun } from '../run-folder.js';
import { segmentCase } from '../segment-case.js';

/** Options of {@link judgeRun}. */
export interface JudgeOptions {
  /** Makes a config's relative paths absolute. */
  readonly resolvePath: (path: string) => string;
  readonly signal: AbortSignal;
  /** Tolerance of surface Dice, in mm. */
  readonly toleranceMm: number;
  /** How many of the worst cases get a picture. */
  readonly previews: number;
  /** Other cases than the run's own. */
  readonly data?: TrainConfig['data'];
  readonly onPrepared: (name: string, done: number, total: number) => void;
  readonly onJudged: (name: string, scores: SegmentationScores) => void;
}

/** What {@link judgeRun} finds. */
export interface Judgement {
  readonly table: ScoreTable;
  /** The cases of lowest Dice, the worst first, as PNG. */
  readonly worst: readonly { readonly name: string; readonly dice: number; readonly png: Uint8Array }[];
}

/**
 * Segments each validation case of a run whole, as validation in training does, and measures it on the network's grid.
 *
 * @throws InvalidArgumentError when there is no case to judge by
 * @throws ReadError when a case is missing or damaged
 */
export async function judgeRun(
  { config, checkpoint }: TrainedRun,
  options: JudgeOptions,
): Promise<Judgement> {
  const cases = await validationCases(config, options);
  const table = new ScoreTable();
  const judged: { name: string; dice: number; item: PreparedCase; prediction: Volume }[] = [];
  const network = networkOf(checkpoint);
  try {
    for (const item of cases) {
      options.signal.throwIfAborted();
      const prediction = await segmentCase(network, item, config.preprocessing);
      const scores = segmentationScores(prediction, item.sample.label, {
        toleranceMm: options.toleranceMm,
      });
      table.add(item.name, 'lung', scores);
      judged.push({ name: item.name, dice: scores.dice, item, prediction });
      options.onJudged(item.name, scores);
    }
  } finally {
    network.dispose();
  }
  // A case without any lung, in which none was found, has no Dice, and nothing is wrong with it.
  const rank = ({ dice }: { readonly dice: number }): number => (Number.isNaN(dice) ? Infinity : dice);
  const worst = judged.sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, options.previews);
  return {
    table,
    worst: await Promise.all(
      worst.map(async ({ name, dice, item: { sample }, prediction }) => {
        const picture = slicePicture(sample.image, { reference: sample.label, prediction });
        return { name, dice, png: await encodePng(picture) };
      }),
    ),
  };
}

async function validationCases(
  config: TrainConfig,
  { data = config.data, resolvePath, onPrepared, signal }: JudgeOptions,
): Promise<readonly PreparedCase[]> {
  const { validation } = await caseEntries(data, resolvePath);
  // Phantoms for validation are numbered after those for training, so that none was trained on.
  const { validation: cases } = await loadCases(
    { preprocessing: config.preprocessing, data },
    { training: [], validation },
    onPrepared,
    { which: 'validation', signal },
  );
  if (cases.length === 0) {
    throw new InvalidArgumentError(
      'There is no case to judge by. Give data.datalist with a list "validation", data.folds or data.phantoms.validationCount.',
    );
  }
  return cases;
}
