import { ReadError, UnsupportedError } from '@lungseg/core';

const ITEM = 0xe000;
const END_OF_SEQUENCE = 0xe0dd;

/**
 * The compressed frames of a DICOM file, each the fragments that it is made of.
 *
 * @param name the file's name, for messages
 * @param bytes the file from where its pixels begin: an offset table, the fragments, the end
 * @param frames how many frames there are
 * @throws ReadError when the fragments are cut or damaged
 * @throws UnsupportedError when they don't say where a frame ends
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part05/sect_A.4.html
 */
export function fragmentsOfFrames(name: string, bytes: Uint8Array, frames: number): Uint8Array[][] {
  const [table, ...fragments] = readItems(name, bytes);
  if (table === undefined || fragments.length === 0) throw damaged(name, 'it has no compressed pixels');
  if (frames === 1) return [fragments];
  if (fragments.length === frames) return fragments.map((fragment) => [fragment]);
  if (table.byteLength !== 4 * frames) {
    throw new UnsupportedError(
      `${name} has ${frames} frames in ${fragments.length} fragments, and no table of where each begins. Export it again, uncompressed.`,
    );
  }
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const starts = Array.from({ length: frames }, (_, n) => view.getUint32(4 * n, true));
  const result: Uint8Array[][] = starts.map(() => []);
  // Offsets count from the first fragment's item, whose header has 8 bytes as each has.
  let offset = 0;
  let frame = -1;
  for (const fragment of fragments) {
    if (starts[frame + 1] === offset) frame++;
    if (frame < 0) throw damaged(name, 'its table of frames is wrong');
    result[frame]!.push(fragment);
    offset += 8 + fragment.byteLength;
  }
  if (frame !== frames - 1) throw damaged(name, 'its table of frames is wrong');
  return result;
}

function readItems(name: string, bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const items: Uint8Array[] = [];
  let position = 0;
  while (position + 8 <= bytes.byteLength) {
    const [group, element] = [view.getUint16(position, true), view.getUint16(position + 2, true)];
    const length = view.getUint32(position + 4, true);
    if (group !== 0xfffe || (element !== ITEM && element !== END_OF_SEQUENCE))
      throw damaged(name, 'its compressed pixels are no sequence of fragments');
    if (element === END_OF_SEQUENCE) return items;
    const begin = position + 8;
    position = begin + length;
    if (position > bytes.byteLength) break;
    items.push(bytes.subarray(begin, position));
  }
  throw new ReadError(
    name,
    `${name} is cut short: its compressed pixels don't end. Copy or export it again.`,
  );
}

function damaged(name: string, reason: string): ReadError {
  return new ReadError(name, `${name} is a damaged DICOM file: ${reason}. Copy or export it again.`);
}
