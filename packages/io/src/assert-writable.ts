import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WriteError } from '@lungseg/core';
import { writeErrorOf } from './write-error.js';

/**
 * Makes sure that a file can be written, for who asks before long work: nothing but a file is in its place, and its folder, or
 * the nearest one that is there, takes a file, which is removed again. No folder is made.
 *
 * @param path the file's place
 * @throws WriteError when it can't be written; its text says why
 * @example
 * await assertWritable('results/mask.nii.gz'); // then hours of work
 */
export async function assertWritable(path: string): Promise<void> {
  await assertReplaceable(path);
  try {
    const probe = join(await nearestFolder(dirname(path)), `.tmp-${process.pid}-${crypto.randomUUID()}`);
    await (await open(probe, 'wx')).close();
    await rm(probe);
  } catch (cause) {
    throw writeErrorOf(path, cause);
  }
}

/** What is said of a place where nothing is, or nothing that one may look at; whether one may write there is tried. */
const NOTHING_THERE = ['ENOENT', 'ENOTDIR', 'EACCES'];

/**
 * Refuses to replace what is no file: a folder, or a device, whose place a file would take.
 *
 * @throws WriteError
 */
export async function assertReplaceable(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (NOTHING_THERE.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw writeErrorOf(path, error);
  });
  if (found === undefined || found.isFile()) return;
  const what = found.isDirectory()
    ? 'a folder'
    : 'a device, a pipe or a socket, whose place a file would take';
  throw new WriteError(path, `${path} can't be written: it is ${what}. Give the name of a file.`);
}

/**
 * The nearest folder that is there: this one, or one that it lies in.
 *
 * @throws Error of the file system where a file is in the way
 */
export async function nearestFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && dirname(folder) !== folder) return undefined;
    throw error;
  });
  if (found === undefined) return nearestFolder(dirname(folder));
  if (found.isDirectory()) return folder;
  throw Object.assign(new Error(`${folder} is no folder`), { code: 'ENOTDIR' });
}

/** Makes a folder and those it lies in. Node's own way of this runs for ever where a file system takes none, as /proc. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && dirname(folder) !== folder && !(await isFolder(dirname(folder)))) {
      await makeFolder(dirname(folder));
      await makeFolder(folder);
    } else if (code !== 'EEXIST' || !(await isFolder(folder))) throw error;
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
