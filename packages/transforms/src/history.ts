import { InvalidArgumentError, toJson, type Json, type Transform } from '@lungseg/core';

/** A transform as data: what it is called, and what it was made with. */
export type TransformSpec = { readonly name: string; readonly options: Json };

/** One step that was taken: which transform, made with which options, and with which parameters. */
export type TransformRecord = TransformSpec & { readonly params: Json };

/** The steps that were taken, in order; plain JSON. */
export type History = readonly TransformRecord[];

/**
 * A transform as data, without what it does: how compositions note their steps among their own options.
 *
 * @param transform any transform
 * @throws InvalidArgumentError when its options are missing, or can't stand in JSON
 * @example
 * specOf(flip({ axes: [0] })); // { name: 'flip', options: { axes: [0] } }
 */
export function specOf({ name, options }: Pick<Transform, 'name' | 'options'>): TransformSpec {
  if (options === undefined) {
    throw new InvalidArgumentError(
      `${name} must have options, what it was made with, as JSON. Received: none. Give {} where there is nothing.`,
    );
  }
  try {
    return { name, options: toJson(options) };
  } catch (cause) {
    throw new InvalidArgumentError(`${name}: ${(cause as Error).message}`, { cause });
  }
}

/** Refuses the history of other steps, or of steps that were made with other options. */
export function assertHistory(steps: readonly TransformSpec[], history: History): void {
  const expected = steps.map(({ name }) => name).join(', ');
  const received = history.map(({ name }) => name).join(', ');
  if (expected !== received) {
    throw new InvalidArgumentError(
      `The history must be of the steps ${expected}. Received: ${received}. Replay it with the composition that drew it.`,
    );
  }
  steps.forEach(({ name, options }, n) => {
    const found = firstDifference(options, history[n]!.options, '');
    if (found === undefined) return;
    throw new InvalidArgumentError(
      `The history must be of steps with the same options: step ${n + 1}, ${name}, has ${found.path === '' ? 'options' : found.path} ${textOf(found.expected)}. Received: ${textOf(found.received)}. Replay it with the composition that drew it.`,
    );
  });
}

interface Difference {
  readonly path: string;
  readonly expected: unknown;
  readonly received: unknown;
}

/** Where two values of JSON part; undefined where they are the same. */
function firstDifference(expected: unknown, received: unknown, path: string): Difference | undefined {
  if (expected === received) return undefined;
  if (!isBranch(expected) || !isBranch(received) || Array.isArray(expected) !== Array.isArray(received)) {
    return { path, expected, received };
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(received)])) {
    const step = Array.isArray(expected) ? `[${key}]` : path === '' ? key : `.${key}`;
    const found = firstDifference(expected[key], received[key], path + step);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isBranch = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const textOf = (value: unknown): string => JSON.stringify(value) ?? 'none';
