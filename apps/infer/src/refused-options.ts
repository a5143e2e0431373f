import { InvalidArgumentError } from '@lungseg/core';
import type { FormatId } from '@lungseg/io';
import type { Command } from 'commander';

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
const LIST_KEYS = ['input', 'list', 'json', 'series', 'allowGaps', 'assumeHu'];

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

/**
 * Refuses the choice of a series where the input turned out to be no DICOM.
 *
 * @throws InvalidArgumentError
 */
export function refuseSeriesOf(
  format: FormatId,
  { input, series }: { readonly input: string; readonly series?: string },
): void {
  if (series === undefined || format === 'dicom') return;
  throw new InvalidArgumentError(
    `--series chooses one of a DICOM folder. Received: ${input}, which is ${format}. Leave it out.`,
  );
}
