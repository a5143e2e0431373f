import { InvalidArgumentError } from './errors.js';

/** Anything that JSON can hold: what the options and parameters of a transform are made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * A copy of options as plain JSON. Entries of objects that are undefined are left out.
 *
 * @param value options
 * @returns a copy, which later changes of the options don't reach
 * @throws InvalidArgumentError when something in it can't stand in JSON: a function, a typed array, NaN or infinity
 * @example
 * toJson({ size: [64, 64, 32], label: undefined }); // { size: [64, 64, 32] }
 */
export function toJson(value: unknown): Json {
  return copyJson(value, '');
}

function copyJson(value: unknown, path: string): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item, n) => copyJson(item, `${path}[${n}]`));
  if (isPlainObject(value)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, copyJson(item, path === '' ? key : `${path}.${key}`)]),
    );
  }
  throw new InvalidArgumentError(
    `${path === '' ? 'Options' : path} must be plain JSON: null, booleans, finite numbers, strings, and lists and objects of these. Received: ${describe(value)}. Say it by such data.`,
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Objects of another realm, as jest and vm make them, have a prototype of their own without one above it.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describe(value: unknown): string {
  if (typeof value === 'number' || value === undefined) return String(value);
  return typeof value === 'object' && value !== null ? `a ${value.constructor.name}` : `a ${typeof value}`;
}

/**
 * The text of JSON with the keys of objects in alphabetical order, so that what is the same has the same text.
 *
 * @param value JSON
 * @example
 * canonicalJson({ b: 1, a: [2] }); // '{"a":[2],"b":1}'
 */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    isPlainObject(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
