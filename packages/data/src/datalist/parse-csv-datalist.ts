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
  fold: z.string().regex(/^\d*$/).optional(),
});

/** What a column must hold, where it is wrong. */
const EXPECTED: Readonly<Record<string, string>> = {
  split: `${SPLITS.join(', ')} or empty`,
  fold: 'a whole number from 0 or empty',
};

/**
 * Parses a datalist in CSV: a line of names, in upper or lower case, among them `image`, and as far as known `label`,
 * `patient`, `split` (`training`, by default, `validation` or `test`) and `fold`, from 0; a line a case. Other columns
 * are passed over.
 *
 * @param text the file's text
 * @param path what errors call the file
 * @param resolvePath turns a path of the file into one that can be opened; as it is by default
 * @throws ReadError when it is no CSV, has no column `image` or several of a name, or a line doesn't fit; the text names
 *   the line
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
    const columns = (names: string[]): string[] => columnsOf(path, names);
    rows = parse(text, { columns, skip_empty_lines: true, trim: true, bom: true });
  } catch (cause) {
    if (cause instanceof ReadError) throw cause;
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
      const column = String(parsed.error.issues[0]!.path[0]);
      throw new ReadError(
        path,
        `${path}, case ${n + 1}: ${column} must be ${EXPECTED[column] ?? 'given'}. Received: ${row[column] ?? 'no such column'}.`,
        { cause: parsed.error },
      );
    }
    const { image, label, patient, split, fold } = parsed.data;
    lists[split === undefined || split === '' ? 'training' : split].push({
      image: resolvePath(image),
      ...(label === undefined || label === '' ? {} : { label: resolvePath(label) }),
      ...(patient === undefined || patient === '' ? {} : { patient }),
      ...(fold === undefined || fold === '' ? {} : { fold: Number(fold) }),
    });
  });
  return lists;
}

/** The names of the columns: those that are known as they are called here, whatever their case. */
function columnsOf(path: string, names: readonly string[]): string[] {
  const columns = names.map((name) => {
    const lower = name.toLowerCase();
    return Object.hasOwn(Row.shape, lower) ? lower : name;
  });
  const twice = columns.find((name, at) => Object.hasOwn(Row.shape, name) && columns.indexOf(name) !== at);
  if (twice === undefined) return columns;
  throw new ReadError(path, `${path} has several columns named ${twice}. Keep one of them.`);
}
