import { ReadError, type NamedBytes } from '@lungseg/core';

/** A file whose bytes are read only when they are needed: on disk, in a zip, or in memory. */
export interface FileSource {
  /** Its name as messages show it. */
  readonly name: string;
  /** Its size in bytes, unpacked. */
  readonly size: number;
  /**
   * Reads the whole file, or its bytes from `begin` to before `end`; fewer where it ends earlier.
   *
   * @param memory at least as long, into which the bytes may be read, so that no other is needed
   */
  read(begin?: number, end?: number, memory?: Uint8Array): Promise<Uint8Array>;
}

/** A file source over bytes that are in memory already. */
export function sourceOfBytes({ name, bytes }: NamedBytes): FileSource {
  return {
    name,
    size: bytes.byteLength,
    read: (begin, end) => Promise.resolve(bytes.subarray(begin, end)),
  };
}

/** The one file that a reader of single files was given. */
export function onlyFile(files: readonly NamedBytes[], format: string): NamedBytes {
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) {
    throw new ReadError(
      file?.name ?? '',
      `${format} is read from one file. Received: ${files.length} files. Give them one at a time.`,
    );
  }
  return file;
}

/** The first characters of a file as a message may show them: printable, in quotes. */
export function beginningOf(bytes: Uint8Array): string {
  const printable = Array.from(bytes.subarray(0, 9), (byte) =>
    byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.',
  );
  return `"${printable.join('')}"`;
}

/** Whether the bytes are those of an ASCII text, at an offset. */
export function hasText(bytes: Uint8Array, text: string, offset = 0): boolean {
  if (bytes.byteLength < offset + text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[offset + i] !== text.charCodeAt(i)) return false;
  return true;
}
