import { randomUUID } from 'node:crypto';
import { link, lstat, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertWritable, makeFolder } from '@lungseg/io';

/**
 * The files that a command writes, as one: each is written aside, and all are put in place together, so that a
 * failure or an interruption leaves none of them, and what was in their places before.
 */
export class Outputs {
  readonly #pending = new Map<string, string>();

  /**
   * Where to write a file for now: hidden beside its place, with its ending. Its folder is made.
   *
   * @param path the file's place, absolute
   * @throws WriteError when no file can be written there
   */
  async aside(path: string): Promise<string> {
    await assertWritable(path);
    await makeFolder(dirname(path));
    const [ending = ''] = /(\.nii\.gz|\.\w+)$/i.exec(path) ?? [];
    const aside = hiddenBeside(path, `tmp-${process.pid}-${randomUUID()}${ending}`);
    this.#pending.set(path, aside);
    return aside;
  }

  /** Puts all files in place; where that fails for one, none stays, and files that were there before are there again. */
  async commit(): Promise<void> {
    const done: Replaced[] = [];
    try {
      for (const [path, aside] of this.#pending) done.push(await replace(path, aside));
    } catch (error) {
      await Promise.all(done.map(putBack));
      throw error;
    }
    this.#pending.clear();
    const replaced = done.flatMap(({ earlier }) => earlier ?? []);
    // All is in place, whatever becomes of these.
    await Promise.allSettled(replaced.map((path) => rm(path, { force: true })));
  }

  /** Removes what was written aside and not put in place. */
  async discard(): Promise<void> {
    await Promise.all([...this.#pending.values()].map((aside) => rm(aside, { force: true })));
    this.#pending.clear();
  }
}

/** A hidden place that no other writer has, in the same folder; not longer where the path's name is. */
const hiddenBeside = (path: string, name: string): string => join(dirname(path), `.${name}`);

/** A file in its place, and where the one that was there before is kept until all are in theirs. */
interface Replaced {
  readonly path: string;
  readonly earlier: string | undefined;
}

async function replace(path: string, aside: string): Promise<Replaced> {
  const earlier = await keepEarlier(path);
  try {
    await rename(aside, path);
  } catch (error) {
    if (earlier !== undefined) await putBack({ path, earlier });
    throw error;
  }
  return { path, earlier };
}

async function putBack({ path, earlier }: Replaced): Promise<void> {
  if (earlier !== undefined) await rename(earlier, path);
  // Of two names of one file, as where nothing took its place, a rename leaves both.
  await rm(earlier ?? path, { force: true });
}

/** Gives a file a second, hidden name beside its own; undefined where there is none, or a folder, which nothing replaces. */
async function keepEarlier(path: string): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || found.isDirectory()) return undefined;
  const earlier = hiddenBeside(path, `old-${process.pid}-${randomUUID()}`);
  // Not every file system has hard links.
  await link(path, earlier).catch(() => rename(path, earlier));
  return earlier;
}

/**
 * Writes the files that were asked for, all of them or none.
 *
 * @param files the path of each, absolute, or undefined where it wasn't asked for; and its text
 */
export async function writeOutputs(
  files: readonly (readonly [path: string | undefined, text: string])[],
): Promise<void> {
  const outputs = new Outputs();
  try {
    for (const [path, text] of files) {
      if (path !== undefined) await writeFile(await outputs.aside(path), text, { flush: true });
    }
    await outputs.commit();
  } finally {
    await outputs.discard();
  }
}
