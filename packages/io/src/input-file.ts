import { ReadError, type NamedBytes } from '@lungseg/core';
import { sourceOfBytes, type FileSource } from './file-source.js';

/** A file as a browser has it, or its bytes with their name. */
export type InputFile = File | NamedBytes | { readonly name: string; readonly bytes: ArrayBuffer };

/** The source of a file, which is read only as far as it is needed. A file of a folder that was picked is called by its path in it. */
export function sourceOfInput(file: InputFile): FileSource {
  // Not by `bytes`, which in newer browsers is a method of files, too.
  if (!('arrayBuffer' in file)) return sourceOfBytes({ name: file.name, bytes: asBytes(file.bytes) });
  const name = file.webkitRelativePath || file.name;
  const read = async (begin = 0, end = file.size): Promise<Uint8Array> => {
    try {
      return new Uint8Array(await file.slice(begin, end).arrayBuffer());
    } catch (cause) {
      throw new ReadError(
        name,
        `${name} can't be read: ${cause instanceof Error ? cause.message : String(cause)}. Choose it again.`,
        { cause },
      );
    }
  };
  return { name, size: file.size, read };
}

/** Not instanceof: the buffer may come from another window. */
function asBytes(bytes: Uint8Array | ArrayBuffer): Uint8Array {
  return ArrayBuffer.isView(bytes) ? bytes : new Uint8Array(bytes);
}
