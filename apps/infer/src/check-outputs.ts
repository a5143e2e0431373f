import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InvalidArgumentError } from '@lungseg/core';
import { assertWritable, filesReadFrom } from '@lungseg/io';

/**
 * Makes sure, before long work, that all files that are asked for can be written, that they are different ones, and that none
 * is a file of the input, by another name either.
 *
 * @param outputs absolute paths; undefined where a file isn't asked for
 * @param input what is read: a file or a folder
 * @throws WriteError when one can't be written
 * @throws InvalidArgumentError when one would replace another, or a file of the input
 */
export async function checkOutputs(outputs: readonly (string | undefined)[], input?: string): Promise<void> {
  const wanted = outputs.filter((path) => path !== undefined);
  for (const path of wanted) await assertWritable(path);
  const places = new Set<string>();
  for (const path of wanted) {
    const place = join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path));
    if (places.has(place)) {
      throw new InvalidArgumentError(
        `Outputs must be different files. Received: ${path} twice, by one name or two. Give each its own.`,
      );
    }
    places.add(place);
  }
  if (input !== undefined) await refuseInput(wanted, input);
}

/** Refuses outputs that are there and that the input is read from. */
async function refuseInput(outputs: readonly string[], input: string): Promise<void> {
  const taken = new Map<string, string>();
  for (const path of outputs) {
    const identity = await identityOf(path);
    if (identity !== undefined) taken.set(identity, path);
  }
  if (taken.size === 0) return;
  for (const file of await filesReadFrom(input)) {
    const output = taken.get((await identityOf(file)) ?? '');
    if (output === undefined) continue;
    throw new InvalidArgumentError(
      `${output} must not be a file of the input, which would be lost. Received: ${input}, which is read from ${file}. Give another name.`,
    );
  }
}

/** What tells files apart, whatever they are called; undefined where there is none. */
async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}
