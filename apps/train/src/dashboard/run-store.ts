import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_FILES } from '../records/run-records.js';

/** A run that the dashboard can show. */
export interface RunListing {
  /** Its folder's name. */
  readonly name: string;
  /** When it last wrote an event, ISO 8601. */
  readonly changed: string;
  /** Names of the files of its validation pictures, with when each was made in ms. */
  readonly pictures: readonly { readonly file: string; readonly madeMs: number }[];
}

/** A name of a file or folder as runs have them: nothing that leads elsewhere. */
const SAFE_NAME = /^[^/\\\0]+$/;

/** Reads the runs of a folder: each folder in it that has a config and metrics. */
export class RunStore {
  readonly #folder: string;

  /** @param folder which holds the runs' folders */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The runs, those that changed last first. */
  async list(): Promise<RunListing[]> {
    const entries = await readdir(this.#folder, { withFileTypes: true }).catch(() => []);
    const runs = await Promise.all(
      entries.filter((entry) => entry.isDirectory()).map(({ name }) => this.#listing(name)),
    );
    return runs
      .filter((run) => run !== undefined)
      .sort((a, b) => b.changed.localeCompare(a.changed) || a.name.localeCompare(b.name));
  }

  /** Where a run's file lies; undefined where there is no such run. */
  async pathOf(run: string, file: keyof typeof RUN_FILES): Promise<string | undefined> {
    if (!(await this.#has(run))) return undefined;
    return join(this.#folder, run, RUN_FILES[file]);
  }

  /** A picture's bytes; undefined where the run has none of that name. */
  async picture(run: string, file: string): Promise<Uint8Array | undefined> {
    const pictures = (await this.#has(run)) ? (await this.#listing(run))?.pictures : undefined;
    if (pictures?.some((picture) => picture.file === file) !== true) return undefined;
    return readFile(join(this.#folder, run, RUN_FILES.pictures, file)).catch(() => undefined);
  }

  /** Only names that the folder itself lists count, so that no path leads out of it. */
  async #has(run: string): Promise<boolean> {
    const names = await readdir(this.#folder).catch((): string[] => []);
    return SAFE_NAME.test(run) && names.includes(run) && (await this.#listing(run)) !== undefined;
  }

  async #listing(name: string): Promise<RunListing | undefined> {
    const folder = join(this.#folder, name);
    const config = await stat(join(folder, RUN_FILES.config)).catch(() => undefined);
    if (config === undefined) return undefined;
    const metrics = await stat(join(folder, RUN_FILES.metrics)).catch(() => undefined);
    const pictureFolder = join(folder, RUN_FILES.pictures);
    const files = await readdir(pictureFolder).catch((): string[] => []);
    const pictures = await Promise.all(
      files
        .filter((file) => file.endsWith('.png'))
        .sort()
        .map(async (file) => {
          // A link may lead out of the run's folder.
          const made = await lstat(join(pictureFolder, file)).catch(() => undefined);
          return made?.isFile() !== true ? undefined : { file, madeMs: made.mtimeMs };
        }),
    );
    const changed = (metrics ?? config).mtime.toISOString();
    return { name, changed, pictures: pictures.filter((picture) => picture !== undefined) };
  }
}
