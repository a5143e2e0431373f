import type { FormatId } from '@lungseg/io';
import { Command } from 'commander';

/**
 * Lets a command refuse options that are given twice where the last alone would count.
 *
 * @param repeatable names of those that may be given several times
 */
export function refuseRepeated(command: Command, repeatable: readonly string[]): void {
  for (const option of command.options) {
    const takesValue = option.required || option.optional;
    if (!takesValue || repeatable.includes(option.name())) continue;
    let first: string | null | undefined;
    command.on(`option:${option.name()}`, (value: string | null) => {
      if (first !== undefined) {
        const values = [first, value].filter((text) => text !== null);
        const list = values.length === 0 ? '' : `: ${values.join(', ')}`;
        command.error(`error: ${option.long} was given twice${list}. Give it once`);
      }
      first = value;
    });
  }
}

/** Refuses models of which one would count more than the others. */
export function refuseSameModels(command: Command, models: readonly string[]): void {
  const again = models.find((model, n) => models.indexOf(model) < n);
  if (again === undefined) return;
  command.error(
    `error: --model=${again} was given twice, and would count twice in the mean. Give each model once`,
  );
}

/** The options that `--list` heeds, by their keys. */
const LIST_KEYS = ['input', 'list', 'json', 'series', 'allowGaps', 'assumeHu', 'quiet'];

/** Refuses, with `--list`, what it wouldn't heed. */
export function refuseBesideList(command: Command): void {
  const given = command.options.filter(
    (option) =>
      command.getOptionValueSource(option.attributeName()) === 'cli' &&
      !LIST_KEYS.includes(option.attributeName()),
  );
  if (given.length === 0) return;
  const names = given.map(({ long }) => long).join(' and ');
  command.error(
    `error: --list segments nothing, so that ${names} would have no effect. Leave ${given.length > 1 ? 'them' : 'it'} out`,
  );
}

/** What {@link refuseForFormat} looks at. */
export interface DicomOptions {
  readonly input: string;
  readonly series?: string;
  readonly allowGaps: boolean;
}

/**
 * Refuses options for DICOM series where the input turned out not to be one.
 *
 * @throws CommanderError, after saying why on stderr
 */
export function refuseForFormat({ input, series, allowGaps }: DicomOptions, format: FormatId): void {
  if (format === 'dicom') return;
  const given = [...(series === undefined ? [] : ['--series']), ...(allowGaps ? ['--allow-gaps'] : [])];
  if (given.length === 0) return;
  const [verb, pronoun] = given.length > 1 ? ['are', 'them'] : ['is', 'it'];
  new Command()
    .exitOverride()
    .error(
      `error: ${given.join(' and ')} ${verb} for DICOM series, and would have no effect: ${input} is ${format}. Leave ${pronoun} out`,
    );
}
