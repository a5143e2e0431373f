import { readFileSync } from 'node:fs';
import { InvalidArgumentError, ReadError } from '@lungseg/core';
import type { z } from 'zod';
import { describeIssues, type ConfigIssue } from './config-issues.js';

/**
 * Reads a JSON file of a known form, with overrides. Nothing in it is code.
 *
 * @param schema what it must be
 * @param path a JSON file; undefined for one that says nothing
 * @param overrides `a.b=value` each; a value that is JSON is taken as such, any other as text
 * @throws ReadError when the file is missing or not JSON
 * @throws InvalidArgumentError when a key is unknown or a value doesn't fit; the text names the path, and the nearest
 *   right key and whether the file or an override is wrong
 */
export function readConfig<S extends z.ZodObject>(
  schema: S,
  path: string | undefined,
  overrides: readonly string[] = [],
): z.output<S> {
  const raw = path === undefined ? {} : parseJson(path);
  for (const override of overrides) applyOverride(raw, override);
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const issues = describeIssues(schema, result.error.issues, raw);
  const wrong = overrides.filter((override) => issues.some((issue) => isOf(issue, override)));
  const [inFile, inOverrides] = [false, true].map((isSet) =>
    issues.filter((issue) => wrong.some((override) => isOf(issue, override)) === isSet),
  ) as [ConfigIssue[], ConfigIssue[]];
  const texts = (list: readonly ConfigIssue[]): string => list.map(({ text }) => text).join(' ');
  const ofOverrides = `--set ${wrong.join(' --set ')} doesn't fit the config. ${texts(inOverrides)}`;
  if (inFile.length === 0) throw new InvalidArgumentError(ofOverrides);
  const ofFile = `${path ?? 'What --set says'} is not a valid config. ${texts(inFile)}`;
  throw new InvalidArgumentError(wrong.length === 0 ? ofFile : `${ofFile} ${ofOverrides}`);
}

/** Whether an override has set what is wrong, a part of it, or what holds it. */
function isOf({ path }: ConfigIssue, override: string): boolean {
  const keys = override.slice(0, override.indexOf('=')).split('.');
  return keys.slice(0, path.length).every((key, n) => key === path[n]);
}

function parseJson(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'EISDIR'
        ? `${path} is a folder. Give the JSON file of a config.`
        : ['ENOENT', 'ENOTDIR'].includes(code ?? '')
          ? `No such config: ${path}. See the folder configs/ for examples.`
          : `${path} can't be read: ${(cause as Error).message}.`;
    throw new ReadError(path, reason, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ReadError(path, `${path} is not JSON: ${(cause as Error).message}.`, { cause });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ReadError(
      path,
      `${path} must hold a JSON object, {"name": ...}. Received: ${text.trim().slice(0, 20)}.`,
    );
  }
  return json as Record<string, unknown>;
}

function applyOverride(config: Record<string, unknown>, override: string): void {
  const at = override.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`--set takes key=value. Received: ${override}.`);
  const keys = override.slice(0, at).split('.');
  if (keys.some((key) => ['__proto__', 'constructor', 'prototype'].includes(key))) {
    throw new InvalidArgumentError(`--set can't change ${override.slice(0, at)}.`);
  }
  let target = config;
  for (const key of keys.slice(0, -1)) {
    target[key] ??= {};
    target = target[key] as Record<string, unknown>;
    if (typeof target !== 'object') throw new InvalidArgumentError(`--set: ${key} holds no further keys.`);
  }
  target[keys[keys.length - 1]!] = valueOf(override.slice(at + 1));
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
