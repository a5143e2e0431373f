import type { SeriesList, SeriesSummary } from '@lungseg/io';
import { formatSpacing } from './format-spacing.js';

/** The series of an input, two lines each: what it is and whether it is suitable, then how to ask for it. */
export function formatSeriesList({ series, notes }: SeriesList): string {
  const chosen = series.some(({ isDefault }) => isDefault);
  const several = series.filter(({ isSuitable }) => isSuitable).length > 1;
  return [
    ...series.flatMap(linesOf),
    ...notes.map((note) => `! ${note}`),
    ...(!chosen && several ? ['None is the obvious one: pick one with --series=UID.'] : []),
  ].join('\n');
}

function linesOf(summary: SeriesSummary): string[] {
  const { format, modality, description, slices, size, spacing, isSuitable, isDefault, remark } = summary;
  const { seriesInstanceUid, patientId, folder } = summary;
  const what = [
    modality || format,
    description === '' ? '' : `"${description}"`,
    size === undefined || spacing === undefined
      ? `${slices} image${slices === 1 ? '' : 's'}`
      : `${size.join(' x ')} of ${formatSpacing(spacing)}`,
    `${remark}${isDefault ? ' (read by default)' : ''}`,
  ];
  const how = [
    seriesInstanceUid === '' ? '' : `--series=${seriesInstanceUid}`,
    patientId === '' ? '' : `patient ${patientId}`,
    folder === '' ? '' : `in ${folder}`,
  ];
  const second = how.filter(Boolean).join(', ');
  return [
    `${isSuitable ? 'yes' : 'no '}  ${what.filter(Boolean).join(', ')}`,
    ...(second === '' ? [] : [`     ${second}`]),
  ];
}
