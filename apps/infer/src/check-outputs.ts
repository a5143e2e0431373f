import { realpath, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { InvalidArgumentError } from '@lungseg/core';
import { assertWritable, filesReadFrom, isDicomImage, nearestFolder } from '@lungseg/io';

/**
 * Makes sure, before long work, that all files that are asked for can be written, that they are different ones, and that none
 * is a file of the input, by another name either. What an earlier run wrote into the folder that is read is replaced.
 *
 * @param outputs absolute paths; undefined where a file isn't asked for
 * @param inputs what is read: files and folders
 * @throws WriteError when one can't be written
 * @throws InvalidArgumentError when one would replace another, or a file of the input
 */
export async function checkOutputs(
  outputs: readonly (string | undefined)[],
  inputs: readonly string[],
): Promise<void> {
  const wanted = outputs.filter((path) => path !== undefined);
  for (const path of wanted) await assertWritable(path);
  const places = new Set<string>();
  for (const path of wanted) {
    const place = await placeOf(path);
    if (places.has(place)) {
      throw new InvalidArgumentError(
        `Outputs must be different files. Received: ${path} twice, by one name or two. Give each its own.`,
      );
    }
    places.add(place);
  }
  const taken = new Map<string, string>();
  for (const path of wanted) {
    const identity = await identityOf(path);
    if (identity !== undefined) taken.set(identity, path);
  }
  if (taken.size > 0) for (const input of inputs) await refuseInput(taken, input);
}

/** Where a file is to be, by one name alone; its folder need not be there yet. */
async function placeOf(path: string): Promise<string> {
  const folder = await nearestFolder(dirname(path));
  return join(await realpath(folder), relative(folder, path));
}

/** Refuses outputs, by what tells files apart, that an input is read from. */
async function refuseInput(taken: ReadonlyMap<string, string>, input: string): Promise<void> {
  const isFolder = (await stat(input).catch(() => undefined))?.isDirectory() ?? false;
  for (const file of await filesReadFrom(input)) {
    const output = taken.get((await identityOf(file)) ?? '');
    // Of a folder images of DICOM alone are read.
    if (output === undefined || (isFolder && !(await isDicomImage(file)))) continue;
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
