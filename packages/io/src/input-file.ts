import { ReadError, type NamedBytes } from '@lungseg/core';

/** A file as a browser has it, or its bytes with their name. */
export type InputFile = File | NamedBytes | { readonly name: string; readonly bytes: ArrayBuffer };

/**
 * The whole bytes of a file. A file of a folder that was picked is called by its path in it.
 *
 * @throws ReadError when the browser can't read it
 */
export async function namedBytesOf(file: InputFile): Promise<NamedBytes> {
  // Not by `bytes`, which in newer browsers is a method of files, too.
  if (!('arrayBuffer' in file)) return { name: file.name, bytes: asBytes(file.bytes) };
  const name = file.webkitRelativePath || file.name;
  try {
    return { name, bytes: new Uint8Array(await file.arrayBuffer()) };
  } catch (cause) {
    throw new ReadError(
      name,
      `${name} can't be read: ${cause instanceof Error ? cause.message : String(cause)}. Choose it again.`,
      { cause },
    );
  }
}

/** Not instanceof: the buffer may come from another window. */
function asBytes(bytes: Uint8Array | ArrayBuffer): Uint8Array {
  return ArrayBuffer.isView(bytes) ? bytes : new Uint8Array(bytes);
}
