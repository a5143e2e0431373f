import { open, stat } from 'node:fs/promises';

/** What a file has got since it was last looked at. */
export interface TailRead {
  /** Whole lines, without their ends. */
  readonly lines: readonly string[];
  /** Whether the file was replaced or cut since, so that these are its lines from the first on. */
  readonly isReset: boolean;
}

/** Follows a file of lines that another process appends to, or replaces. */
export class RunTail {
  readonly #path: string;
  #inode = -1;
  #offset = 0;
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  /** The lines since the last call; nothing where the file isn't there. */
  async read(): Promise<TailRead> {
    const found = await stat(this.#path).catch(() => undefined);
    if (found === undefined) return { lines: [], isReset: false };
    const isReset = found.ino !== this.#inode || found.size < this.#offset;
    if (isReset) {
      this.#inode = found.ino;
      this.#offset = 0;
      this.#rest = Buffer.alloc(0);
    }
    if (found.size === this.#offset) return { lines: [], isReset };
    const file = await open(this.#path, 'r');
    try {
      const buffer = Buffer.alloc(found.size - this.#offset);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#offset);
      this.#offset += bytesRead;
      const bytes = Buffer.concat([this.#rest, buffer.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(0x0a) + 1;
      this.#rest = Buffer.from(bytes.subarray(end));
      return { lines: end === 0 ? [] : bytes.toString('utf8', 0, end - 1).split('\n'), isReset };
    } finally {
      await file.close();
    }
  }
}
