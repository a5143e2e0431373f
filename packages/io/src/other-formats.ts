import { hasText } from './file-source.js';

/** What files of formats begin with that aren't DICOM, nor text: the bytes as characters, and where they stand. */
const SIGNATURES: readonly (readonly [text: string, offset?: number])[] = [
  ['%PDF'],
  ['\x89PNG'],
  ['\xff\xd8\xff'],
  ['GIF8'],
  ['BM'],
  ['II*\0'],
  ['MM\0*'],
  ['RIFF'],
  ['ftyp', 4],
  ['\0\0\x01\0'],
  ['PK\x03\x04'],
  ['\x1f\x8b'],
  ['BZh'],
  ['7z\xbc\xaf'],
  ['Rar!'],
  ['ustar', 257],
  // Office's old documents, and Thumbs.db.
  ['\xd0\xcf\x11\xe0'],
  ['SQLite format 3'],
  ['\x89HDF'],
  // macOS's .DS_Store and resource forks.
  ['Bud1', 4],
  ['\0\x05\x16'],
  // Programs.
  ['MZ'],
  ['\x7fELF'],
  ['\xcf\xfa\xed\xfe'],
  ['\xca\xfe\xba\xbe'],
];

/** Whether a file that isn't DICOM plainly is something else: text, or of a format that is known by its first bytes. */
export function isOtherFormat(head: Uint8Array): boolean {
  return isText(head) || SIGNATURES.some(([text, offset]) => hasText(head, text, offset));
}

/** No control characters but those of texts; or in UTF-16 with its mark. */
function isText(head: Uint8Array): boolean {
  const hasMark = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  return hasMark || head.every((byte) => byte >= 0x20 || (byte >= 0x08 && byte <= 0x0d) || byte === 0x1b);
}
