import { ReadError, UnsupportedError, type NamedBytes } from '@lungseg/core';
import { inflateSync } from 'fflate';
import { hasText, type FileSource } from './file-source.js';

/** What a zip may hold at most. */
export interface ZipLimits {
  /** Number of files; 20,000 by default. */
  readonly maximumFiles?: number;
  /** Bytes of all files together, unpacked; 4 GiB by default. */
  readonly maximumBytes?: number;
}

/** Beyond so many bytes files that are packed to a {@link MAXIMUM_LARGE_RATIO}th are none, but zeros that fill memory. */
const LARGE_BYTES = 2 ** 28;
const MAXIMUM_LARGE_RATIO = 100;

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
/** The end record without its comment, which may have 65535 bytes more. */
const END_BYTES = 22;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly localOffset: number;
}

/** Whether bytes begin as a zip does. */
export function isZip(head: Uint8Array): boolean {
  return hasText(head, 'PK\x03\x04') || hasText(head, 'PK\x05\x06');
}

/**
 * The files in a zip, each unpacked in memory when it is read and checked against its checksum. Nothing is written, so
 * the names in a zip can't lead anywhere.
 *
 * @param zip the whole archive
 * @param limits what it may hold at most
 * @returns the files; folders, macOS's resource forks and hidden files are left out
 * @throws ReadError when the archive is damaged, would unpack to more than the limits, or holds names that lead out of
 *   its folder
 * @throws UnsupportedError for zip64 and for encrypted files
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function sourcesOfZip(zip: NamedBytes, limits: ZipLimits = {}): FileSource[] {
  const { maximumFiles = 20_000, maximumBytes = 2 ** 32 } = limits;
  const entries = readDirectory(zip);
  if (entries.length > maximumFiles) {
    throw new ReadError(
      zip.name,
      `${zip.name} holds ${entries.length} files, more than the ${maximumFiles} that lungseg unpacks. Unpack the series itself and give its folder.`,
    );
  }
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > maximumBytes) {
    throw new ReadError(
      zip.name,
      `${zip.name} unpacks to ${total} bytes, more than the ${maximumBytes} that lungseg unpacks. Unpack the series itself and give its folder.`,
    );
  }
  if (total > LARGE_BYTES && total > zip.bytes.byteLength * MAXIMUM_LARGE_RATIO) {
    throw new ReadError(
      zip.name,
      `${zip.name} unpacks to ${total} bytes, more than ${MAXIMUM_LARGE_RATIO} times its size, as no CT does. Unpack the series itself and give its folder.`,
    );
  }
  // The frames of a file are read one by one: it is unpacked once for all of them.
  let last: { readonly entry: Entry; readonly bytes: Uint8Array } | undefined;
  const open = (entry: Entry): Uint8Array => {
    if (last?.entry !== entry) last = { entry, bytes: unpack(zip, entry) };
    return last.bytes;
  };
  return entries
    .filter(({ name }) => !name.endsWith('/') && !/(^|\/)(\.[^./]|__MACOSX\/)/.test(name))
    .map((entry) => ({
      name: entry.name,
      size: entry.size,
      read: (begin?: number, end?: number) => Promise.resolve(open(entry).subarray(begin, end)),
    }));
}

function damaged(name: string, reason: string, cause?: unknown): ReadError {
  return new ReadError(name, `${name} is a damaged zip: ${reason}. Copy or download it again.`, { cause });
}

function readDirectory({ name, bytes }: NamedBytes): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.byteLength - END_BYTES;
  const lowest = Math.max(0, end - 0xffff);
  while (end >= lowest && view.getUint32(end, true) !== END_OF_DIRECTORY) end--;
  if (end < lowest) throw damaged(name, 'its directory, which stands at the end, is missing');
  const count = view.getUint16(end + 10, true);
  let offset = view.getUint32(end + 16, true);
  if (count === 0xffff || offset === 0xffffffff) {
    throw new UnsupportedError(
      `${name} is a zip64, which lungseg doesn't read. Unpack it and give the folder.`,
    );
  }
  const directoryEnd = offset + view.getUint32(end + 12, true);
  const entries: Entry[] = [];
  for (let n = 0; n < count; n++) {
    if (offset + 46 > end || view.getUint32(offset, true) !== DIRECTORY_ENTRY)
      throw damaged(name, `its directory should have ${count} files, it ends after ${n}`);
    const nameLength = view.getUint16(offset + 28, true);
    const label = new TextDecoder().decode(bytes.subarray(offset + 46, offset + 46 + nameLength));
    checkName(name, label);
    if ((view.getUint16(offset + 8, true) & 1) === 1) {
      throw new UnsupportedError(`${label} in ${name} is encrypted. Unpack it and give the folder.`);
    }
    entries.push({
      name: label,
      method: view.getUint16(offset + 10, true),
      crc: view.getUint32(offset + 16, true),
      packedSize: view.getUint32(offset + 20, true),
      size: view.getUint32(offset + 24, true),
      localOffset: view.getUint32(offset + 42, true),
    });
    offset += 46 + nameLength + view.getUint16(offset + 30, true) + view.getUint16(offset + 32, true);
  }
  // A count that is too small would leave slices out.
  if (offset !== directoryEnd) {
    throw damaged(
      name,
      `its directory should end after ${count} files at byte ${directoryEnd}, it ends at ${offset}`,
    );
  }
  return entries;
}

/** A name that would lead out of the folder in which somebody unpacks the zip tells of an attack, though none is followed here. */
function checkName(zipName: string, label: string): void {
  const parts = label.split(/[/\\]/);
  if (!/^([/\\]|[a-z]:)/i.test(label) && !parts.includes('..') && !label.includes('\0')) return;
  throw new ReadError(
    zipName,
    `${zipName} holds a file whose name leads out of its folder: ${JSON.stringify(label.slice(0, 100))}. Don't unpack it; have it made again.`,
  );
}

function unpack({ name: zipName, bytes }: NamedBytes, entry: Entry): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { localOffset, packedSize, size, method, crc } = entry;
  const name = `${entry.name} in ${zipName}`;
  if (localOffset + 30 > bytes.byteLength || view.getUint32(localOffset, true) !== LOCAL_HEADER)
    throw damaged(zipName, `${entry.name} isn't where its directory says`);
  const begin =
    localOffset + 30 + view.getUint16(localOffset + 26, true) + view.getUint16(localOffset + 28, true);
  if (begin + packedSize > bytes.byteLength) throw damaged(zipName, `${entry.name} is cut short`);
  const packed = bytes.subarray(begin, begin + packedSize);
  let unpacked: Uint8Array;
  if (method === 0) unpacked = packed;
  else if (method === 8) unpacked = inflate(zipName, entry, packed);
  else
    throw new UnsupportedError(
      `${name} is packed by method ${method}. lungseg unpacks deflate: unpack it yourself.`,
    );
  if (unpacked.byteLength !== size || crc32(unpacked) !== crc)
    throw damaged(zipName, `${entry.name} fails its checksum`);
  return unpacked;
}

function inflate(zipName: string, { name, size }: Entry, packed: Uint8Array): Uint8Array {
  // Deflate can't grow beyond 1032 times, so a size beyond that is a lie, and not worth its memory.
  if (size > packed.byteLength * 1032) throw damaged(zipName, `${name} says it unpacks to ${size} bytes`);
  try {
    return inflateSync(packed, { out: new Uint8Array(size) });
  } catch (cause) {
    throw damaged(zipName, `${name} can't be unpacked`, cause);
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The CRC-32 that zip and gzip use. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
