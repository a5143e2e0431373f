import leven from 'leven';
import { z } from 'zod';
import { describeExpectation } from './expectation.js';

/** One thing that is wrong with a config. */
export interface ConfigIssue {
  /** The keys that lead to it, from the top. */
  readonly path: readonly string[];
  /** The path, what was expected and received, or the nearest right key. */
  readonly text: string;
}

/**
 * What is wrong with a config, issue by issue.
 *
 * @param config what the schema was given
 */
export function describeIssues(
  schema: z.ZodObject,
  issues: readonly z.core.$ZodIssue[],
  config: unknown,
): ConfigIssue[] {
  const known = keyPaths(schema);
  return issues.flatMap((issue) => {
    const path = issue.path.map(String);
    const at = path.join('.') || '(top level)';
    if (issue.code !== 'unrecognized_keys') {
      return { path, text: `${at}: ${describeExpectation(issue, valueAt(config, issue.path))}` };
    }
    return issue.keys.map((key) => ({
      path: [...path, key],
      text: `${at}: there is no key ${key}. ${hint(known, issue.path, key)}`,
    }));
  });
}

function valueAt(config: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key],
    config,
  );
}

function hint(known: readonly string[], path: readonly PropertyKey[], key: string): string {
  const nearest = nearestKey(known, path.join('.'), key);
  if (nearest !== undefined) return `Did you mean ${nearest}?`;
  const prefix = path.length === 0 ? '' : `${path.join('.')}.`;
  const here = known
    .filter((name) => name.startsWith(prefix) && !name.slice(prefix.length).includes('.'))
    .map((name) => name.slice(prefix.length));
  return `Expected one of ${here.join(', ')}.`;
}

/** The path whose last key is most like the given one; a key of another place must be the more like it. */
function nearestKey(known: readonly string[], parent: string, key: string): string | undefined {
  const largest = Math.max(1, Math.floor(key.length / 3));
  let best: { path: string; distance: number } | undefined;
  for (const path of known) {
    const at = path.lastIndexOf('.');
    const elsewhere = path.slice(0, Math.max(0, at)) !== parent;
    const distance = leven(path.slice(at + 1).toLowerCase(), key.toLowerCase()) + (elsewhere ? 0.5 : 0);
    if (distance <= largest && distance < (best?.distance ?? Infinity)) best = { path, distance };
  }
  return best?.path;
}

/** Every key that a schema knows, as `a.b.c`. */
function keyPaths(schema: z.ZodType, prefix = ''): string[] {
  const inner = unwrapped(schema);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([key, value]) => [
    `${prefix}${key}`,
    ...keyPaths(value, `${prefix}${key}.`),
  ]);
}

function unwrapped(schema: z.ZodType): z.ZodType {
  let inner = schema;
  for (;;) {
    if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) {
      inner = inner.unwrap() as z.ZodType;
    } else if (inner instanceof z.ZodPipe) inner = inner.out as z.ZodType;
    else return inner;
  }
}
