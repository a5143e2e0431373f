import { ReadError } from '@lungseg/core';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { Datalist, DatalistEntry } from './datalist.js';

const SPLITS = ['training', 'validation', 'test'] as const;

const Row = z.object({
  image: z.string().min(1),
  label: z.string().optional(),
  patient: z.string().optional(),
  split: z.enum(SPLITS).or(z.literal('')).optional(),
});

/**
 * Parses a datalist in CSV: a line of names, among them `image`, and as far as known `label`, `patient` and `split`
 * (`training`, by default, `validation` or `test`); a line a case. Other columns are passed over.
 *
 * @param text the file's text
 * @param path what errors call the file
 * @param resolvePath turns a path of the file into one that can be opened; as it is by default
 * @throws ReadError when it is no CSV, has no column `image`, or a line doesn't fit; the text names the line
 * @example
 * parseCsvDatalist('image,label,patient\na.nii.gz,a_lung.nii.gz,p1\n', 'list.csv');
 */
export function parseCsvDatalist(
  text: string,
  path: string,
  resolvePath: (relative: string) => string = (relative) => relative,
): Datalist {
  let rows: Record<string, string>[];
  try {
    rows = parse(text, { columns: true, skip_empty_lines: true, trim: true, bom: true });
  } catch (cause) {
    throw new ReadError(
      path,
      `${path} must be CSV with a line of names. Received: ${(cause as Error).message}.`,
      {
        cause,
      },
    );
  }
  const lists: Record<(typeof SPLITS)[number], DatalistEntry[]> = { training: [], validation: [], test: [] };
  rows.forEach((row, n) => {
    const parsed = Row.safeParse(row);
    if (!parsed.success) {
      const { path: at, message } = parsed.error.issues[0]!;
      const column = String(at[0]);
      throw new ReadError(
        path,
        `${path}, case ${n + 1}: ${column} must be given. Received: ${row[column] ?? 'no such column'}. ${message}.`,
        { cause: parsed.error },
      );
    }
    const { image, label, patient, split } = parsed.data;
    lists[split === undefined || split === '' ? 'training' : split].push({
      image: resolvePath(image),
      ...(label === undefined || label === '' ? {} : { label: resolvePath(label) }),
      ...(patient === undefined || patient === '' ? {} : { patient }),
    });
  });
  return lists;
}
