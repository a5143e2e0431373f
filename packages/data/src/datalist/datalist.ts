import { ReadError } from '@lungseg/core';
import { z } from 'zod';

const Entry = z.union([
  z.string().min(1),
  z.object({
    image: z.string().min(1),
    label: z.string().min(1).optional(),
    patient: z.string().min(1).optional(),
    fold: z.number().int().min(0).optional(),
  }),
]);

const List = z.object({
  name: z.string().optional(),
  training: z.array(Entry).optional(),
  validation: z.array(Entry).optional(),
  test: z.array(Entry).optional(),
});

/** One case of a datalist; paths as the caller can open them. */
export interface DatalistEntry {
  readonly image: string;
  /** Absent where a case has no reference. */
  readonly label?: string;
  /** Whose image it is: cases of one patient stay together. */
  readonly patient?: string;
  /** Which fold of a cross-validation it is judged in, from 0, where the list settles it. */
  readonly fold?: number;
}

/** The cases of a data set by their use; a list that the file lacks is empty. */
export interface Datalist {
  readonly training: readonly DatalistEntry[];
  readonly validation: readonly DatalistEntry[];
  readonly test: readonly DatalistEntry[];
}

/**
 * Parses the text of a datalist in the form of the Medical Segmentation Decathlon:
 * `{"training": [{"image", "label", "patient"?}], "validation": [...], "test": [...]}`. A plain path stands for an
 * image without a label; other keys are passed over.
 *
 * @param text JSON
 * @param path what errors call the file
 * @param resolvePath turns a path of the file into one that can be opened; as it is by default
 * @throws ReadError when the text is no JSON or has another form; the text names the place in the JSON
 * @see http://medicaldecathlon.com
 * @example
 * parseDatalist('{"training": [{"image": "a.nii.gz", "label": "a_lung.nii.gz"}]}', 'dataset.json');
 */
export function parseDatalist(
  text: string,
  path: string,
  resolvePath: (relative: string) => string = (relative) => relative,
): Datalist {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ReadError(path, `${path} must be a datalist in JSON. Received: ${(cause as Error).message}.`, {
      cause,
    });
  }
  const parsed = List.safeParse(json);
  if (!parsed.success) {
    throw new ReadError(
      path,
      `${path} must be a datalist: {"training": [{"image", "label"}], "validation": [...]}. Received at ${describe(parsed.error.issues, json)}`,
      { cause: parsed.error },
    );
  }
  const { training, validation, test } = parsed.data;
  if (training === undefined && validation === undefined && test === undefined) {
    throw new ReadError(
      path,
      `${path} must have a list named training, validation or test. Received: ${keysOf(json)}.`,
    );
  }
  const entries = (list: readonly z.infer<typeof Entry>[] = []): DatalistEntry[] =>
    list.map((entry) => {
      if (typeof entry === 'string') return { image: resolvePath(entry) };
      const { image, label, patient, fold } = entry;
      return {
        image: resolvePath(image),
        ...(label === undefined ? {} : { label: resolvePath(label) }),
        ...(patient === undefined ? {} : { patient }),
        ...(fold === undefined ? {} : { fold }),
      };
    });
  return { training: entries(training), validation: entries(validation), test: entries(test) };
}

/** The first thing wrong, by its path in the JSON: `training[3].label: expected string, received 7.` */
function describe(issues: readonly z.core.$ZodIssue[], json: unknown): string {
  let issue = issues[0]!;
  let path = [...issue.path];
  // A union reports its members' complaints; the object's is the useful one, unless the entry is no object at all.
  while (issue.code === 'invalid_union') {
    const nested = issue.errors.map((errors) => errors[0]!).find((error) => error.path.length > 0);
    if (nested === undefined) break;
    path = [...path, ...nested.path];
    issue = nested;
  }
  const at = path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : `${text}${text === '' ? '' : '.'}${String(key)}`,
    '',
  );
  const received = path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    json,
  );
  const shown = received === undefined ? 'nothing' : JSON.stringify(received);
  const expected =
    issue.code === 'invalid_union'
      ? 'expected {"image", "label"} or a path'
      : issue.code === 'invalid_type'
        ? `expected ${issue.expected}`
        : issue.code === 'too_small'
          ? 'expected a path that is not empty'
          : issue.message;
  return `${at === '' ? 'the top' : at}: ${expected}, received ${shown.length > 80 ? `${shown.slice(0, 77)}...` : shown}.`;
}

function keysOf(json: unknown): string {
  const keys = Object.keys(json as object);
  return keys.length === 0 ? 'an empty object' : keys.slice(0, 8).join(', ');
}
