import type { ModelDescription } from '@lungseg/models';
import type { TrainConfig } from '../config.js';
import type { Environment } from '../records/manifest.js';
import type { MetricsLine } from '../records/metrics-file.js';
import type { Mean } from './mean-of-runs.js';

/** A case of run.json. */
export interface CardCase {
  readonly name: string;
  /** SHA-256; null for a folder. */
  readonly image: string | null;
}

/** What the card of a model is written from. */
export interface CardFacts {
  readonly description: ModelDescription;
  readonly config: TrainConfig;
  readonly environment: Environment;
  readonly step: number;
  readonly isAverage: boolean;
  /** The SHA-256 of the weights that the run began from, where its records tell. */
  readonly initialWeightsSha256: string | undefined;
  /** Another run, where the weights are a mean of this one's and of its, and its share of it. */
  readonly mean?: Mean;
  /** Whether these weights were taken for their Dice in validation, which then flatters. */
  readonly chosenByValidation: boolean;
  readonly training: readonly CardCase[];
  readonly validation: readonly CardCase[];
  readonly events: readonly MetricsLine[];
  /** What train:validate found with these weights; undefined where it was not asked. */
  readonly evaluation: Evaluation | undefined;
}

/** As far as a card tells of it, what train:validate writes to evaluation.json. */
export interface Evaluation {
  readonly step: number;
  readonly surfaceDiceToleranceMm: number;
  readonly summary: readonly {
    readonly score: string;
    readonly count: number;
    readonly mean: number | string | null;
    readonly median: number | string | null;
  }[];
}

/**
 * The card of a model as Markdown: what it is for, how it came to be, what it was tested on. It states what the run's
 * records state and nothing else; who publishes the model adds where the data came from.
 */
export function modelCard(facts: CardFacts): string {
  const { description, config, environment, step, isAverage } = facts;
  const { network, preprocessing, weights } = description;
  const { optimizer } = config;
  const { leastHu } = description.inference;
  return [
    `# ${description.name} ${description.version}`,
    '**Research use only. Not for clinical use.**',
    `AH-Net at width ${network.width} (layers ${network.layers.join(', ')}; pspBlockNum ${network.pspBlockNum}, ` +
      `${network.upsampleMode}), ${weights.bytes} bytes, SHA-256 \`${weights.sha256}\`. Licence: ${description.licence}.`,
    '## Input and output',
    `A CT in HU, brought to ${preprocessing.orientation} and ${preprocessing.spacing.join(' x ')} mm, its intensities from ` +
      `${preprocessing.intensity.from.join(' to ')} HU clipped and scaled to ${preprocessing.intensity.to.join(' to ')}. ` +
      (leastHu === undefined
        ? ''
        : `What is darker than ${leastHu} HU is shown to it as that, which training and validation here did not do. `) +
      `Channels: ${Object.entries(description.labels)
        .map(([n, name]) => `${n} ${name}`)
        .join(', ')}.`,
    '## How it came to be',
    `\`npx nx run train:serve\` by the config "${config.name}" (seed ${config.seed}): ${optimizer.name}, learning rate ` +
      `${optimizer.learningRate}, ${optimizer.schedule}, loss ${config.loss}, crops of ${config.crop.size.join(' x ')}, ` +
      `${optimizer.samplesPerStep} sample(s) a step. These are the ${isAverage ? 'averaged weights' : 'weights'} of step ` +
      `${step} of ${config.epochs * config.stepsPerEpoch}` +
      `${facts.mean === undefined ? '' : `, averaged with those of ${facts.mean.run} by a share of ${facts.mean.share}, of which curves and validation here tell nothing`}. lungseg ${environment.versions['lungseg'] ?? '?'}, ` +
      `${environment.backend}, ${environment.hardware.cpu}.`,
    ...beginning(facts),
    '## Data',
    ...dataSection(facts),
    '## Curves',
    ...curvesSection(facts),
    '## Validation',
    ...validationSection(facts),
    '## Limits',
    'Whatever differs from the cases above was not tested: other scanners, ages, diseases, parts of the body. ' +
      (facts.chosenByValidation
        ? 'Cases of validation chose this checkpoint; judge the model on patients that nothing was chosen by.'
        : 'Validation did not choose this checkpoint.'),
    '',
  ].join('\n\n');
}

/** What weights saw that a run began from, its own records don't tell. */
function beginning({ config: { initialWeights }, initialWeightsSha256: sha256 }: CardFacts): string[] {
  if (initialWeights === undefined) return [];
  return [
    `It began from the weights in ${initialWeights}${sha256 === undefined ? '' : `, SHA-256 \`${sha256}\``}. What those were trained on is part of this model's data, too, and is not named below.`,
  ];
}

function dataSection({ training, validation, config: { data } }: CardFacts): string[] {
  const list = (title: string, cases: readonly CardCase[]): string[] =>
    cases.length === 0
      ? []
      : [
          `${title}:`,
          cases
            .map(({ name, image }) => `- ${name}${image === null ? '' : ` (image's SHA-256 ${image})`}`)
            .join('\n'),
        ];
  const { phantoms, lesionsLeftOut } = data;
  const leftOut = training.filter(({ name }) => lesionsLeftOut?.cases.includes(name));
  return [
    ...list('Trained on', training),
    ...(leftOut.length === 0
      ? []
      : [
          `Dense voxels in the notches of the lungs were not trained on, since the reference leaves lesions out, in: ${leftOut.map(({ name }) => name).join(', ')}.`,
        ]),
    ...list('Validated on', validation),
    ...(phantoms.count + phantoms.validationCount > 0
      ? [
          `Made phantoms of @lungseg/data: ${phantoms.count} for training, ${phantoms.validationCount} others for validation ` +
            `(seed ${phantoms.seed}).`,
        ]
      : []),
  ];
}

/** Loss and Dice as charts in Mermaid, which GitHub and many viewers of Markdown draw. */
function curvesSection({ events }: CardFacts): string[] {
  const losses = events.flatMap((event) =>
    event.type === 'epoch' ? [{ step: event.step, value: event.meanLoss }] : [],
  );
  const dice = events.flatMap((event) =>
    event.type === 'validation' ? [{ step: event.step, value: event.meanDice }] : [],
  );
  if (losses.length === 0) return ['The run kept no record of its loss.'];
  return [
    chart('Loss in training, mean of each epoch', 'loss', losses),
    ...(dice.length < 2 ? [] : [chart('Mean Dice of whole cases left out of training', 'Dice', dice)]),
  ];
}

/** The most points of a chart: more would not be told apart. */
const CHART_POINTS = 40;

function chart(
  title: string,
  axis: string,
  points: readonly { readonly step: number; readonly value: number }[],
): string {
  const every = Math.ceil(points.length / CHART_POINTS);
  const shown = points.filter((_, n) => (points.length - 1 - n) % every === 0);
  return [
    '```mermaid',
    'xychart-beta',
    `  title "${title}"`,
    `  x-axis "step" [${shown.map(({ step }) => step).join(', ')}]`,
    `  y-axis "${axis}"`,
    `  line [${shown.map(({ value }) => value.toFixed(4)).join(', ')}]`,
    '```',
  ].join('\n');
}

function validationSection({ events, evaluation }: CardFacts): string[] {
  const curve = events.flatMap((event) =>
    event.type === 'validation' ? [`| ${event.step} | ${event.meanDice.toFixed(4)} |`] : [],
  );
  return [
    ...(curve.length === 0
      ? ['The run was not validated while it trained.']
      : [
          'Mean Dice of whole cases while it trained:',
          ['| step | Dice |', '| --- | --- |', ...curve].join('\n'),
        ]),
    ...(evaluation === undefined
      ? [`\`npx nx run train:validate\` was not asked of these weights.`]
      : [
          "By `npx nx run train:validate`, on the network's grid, without post-processing; surface Dice at " +
            `${evaluation.surfaceDiceToleranceMm} mm:`,
          [
            '| score | mean | median | cases |',
            '| --- | --- | --- | --- |',
            ...evaluation.summary.map(
              ({ score, mean, median, count }) =>
                `| ${score} | ${format(mean)} | ${format(median)} | ${count} |`,
            ),
          ].join('\n'),
        ]),
  ];
}

function format(value: number | string | null): string {
  return typeof value === 'number' ? value.toFixed(4) : (value ?? '–');
}
