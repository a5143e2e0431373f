import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * The files that a command writes, as one: each is written aside, and all are put in place together, so that a
 * failure or an interruption leaves none of them.
 */
export class Outputs {
  readonly #pending = new Map<string, string>();

  /**
   * Where to write a file for now: hidden beside its place, with its ending. Its folder is made.
   *
   * @param path the file's place, absolute
   * @throws Error when its place is a folder
   */
  async aside(path: string): Promise<string> {
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isFolder) throw new Error(`${path} is a folder. Give the name of a file to write.`);
    await mkdir(dirname(path), { recursive: true });
    const aside = join(dirname(path), `.tmp-${process.pid}-${basename(path)}`);
    this.#pending.set(path, aside);
    return aside;
  }

  /** Puts all files in place; where that fails for one, none stays. */
  async commit(): Promise<void> {
    const done: string[] = [];
    try {
      for (const [path, aside] of this.#pending) {
        await rename(aside, path);
        done.push(path);
      }
    } catch (error) {
      await Promise.all(done.map((path) => rm(path, { force: true })));
      throw error;
    }
    this.#pending.clear();
  }

  /** Removes what was written aside and not put in place. */
  async discard(): Promise<void> {
    await Promise.all([...this.#pending.values()].map((aside) => rm(aside, { force: true })));
    this.#pending.clear();
  }
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
