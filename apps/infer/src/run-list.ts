import { ReadError } from '@lungseg/core';
import { listSeries, type SeriesList } from '@lungseg/io';
import type { ListArguments } from './arguments.js';
import { checkOutputs } from './check-outputs.js';
import { inFlags } from './flag-names.js';
import { writeOutputs } from './outputs.js';
import { refuseSeriesOf } from './refused-options.js';
import { formatSeriesList } from './series-list.js';
import type { Terminal } from './terminal.js';

/**
 * Does what `infer:run --list` is asked: prints the series that an input has, as text or as JSON.
 *
 * @throws ReadError where there is none
 */
export async function runList(
  options: ListArguments,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { input, series, allowGaps, assumeHu, json } = options;
  if (typeof json === 'string') await checkOutputs([json], [input]);
  const choice = series === undefined ? {} : { series };
  const found = await listSeries(input, { signal, allowGaps, assumeHu, ...choice });
  const list: SeriesList = {
    series: found.series.map((series) => ({ ...series, remark: inFlags(series.remark) })),
    notes: found.notes.map(inFlags),
  };
  if (list.series.length === 0) {
    throw new ReadError(
      input,
      `${input} has no image that lungseg reads. ${list.notes.join(' ')} Give the folder of a CT series, or an image's file itself.`,
    );
  }
  refuseSeriesOf(list.series[0]!.format, options);
  if (json === undefined) {
    terminal.line(formatSeriesList(list));
    return;
  }
  const text = JSON.stringify(list, null, 2);
  if (json === true) {
    terminal.line(text);
    return;
  }
  await writeOutputs([[json, `${text}\n`]]);
}
