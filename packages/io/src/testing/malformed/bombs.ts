import { deflateRawSync, gzipSync, constants } from 'node:zlib';
import { joined } from './damage.js';

const MEGABYTE = 2 ** 20;

/** A gzip stream of members, each of many zeros: about a thousandth of what it unpacks to. */
export function gzipBomb(head: Uint8Array, megabytes: number): Uint8Array {
  const members = repeated(gzipSync(new Uint8Array(64 * MEGABYTE), { level: 9 }), Math.ceil(megabytes / 64));
  return joined(gzipSync(head), ...members);
}

/** A raw deflate stream of zeros, of which one block is packed and repeated. */
export function deflateBomb(megabytes: number): Uint8Array {
  const options = { level: 9, finishFlush: constants.Z_FULL_FLUSH };
  const block = deflateRawSync(new Uint8Array(16 * MEGABYTE), options);
  return joined(...repeated(block, Math.ceil(megabytes / 16)), deflateRawSync(new Uint8Array(0)));
}

/** The same as a zlib stream, whose checksum is wrong, but stands only at the end. */
export function zlibBomb(megabytes: number): Uint8Array {
  return joined(Uint8Array.of(0x78, 0xda), deflateBomb(megabytes), new Uint8Array(4));
}

/** The same as one gzip member. */
export function gzipBombOfOneMember(megabytes: number): Uint8Array {
  const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3);
  return joined(header, deflateBomb(megabytes), new Uint8Array(8));
}

const repeated = (part: Uint8Array, times: number): Uint8Array[] => Array.from({ length: times }, () => part);
