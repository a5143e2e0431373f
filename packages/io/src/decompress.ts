import { isLungsegError, ReadError } from '@lungseg/core';
import { concatBytes } from './concat-bytes.js';
import type { Codecs } from './read-options.js';

/** No stream of deflate can grow more than this many times. @see https://zlib.net/zlib_tech.html */
const MAXIMUM_DEFLATE_RATIO = 1032;

/** Beyond so many bytes an image that is packed to a {@link MAXIMUM_LARGE_RATIO}th is none, but zeros that fill memory. */
const LARGE_BYTES = 2 ** 29;
const MAXIMUM_LARGE_RATIO = 300;

/** How much may follow the voxels: some programs leave a little there. */
const MAXIMUM_REST_BYTES = 2 ** 24;

/** The web's decompression, which Node and browsers have; it checks the checksum and the length. */
async function* decompressOnTheWeb(bytes: Uint8Array, format: 'gzip' | 'deflate'): AsyncIterable<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const reader = stream.pipeThrough(new DecompressionStream(format)).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** How a header says where the numbers lie in the unpacked bytes. */
export interface Extent {
  /** Where they begin. */
  readonly begin: number;
  /** How many bytes they take. */
  readonly length: number;
}

/** What {@link decompressVoxels} needs to know. */
export interface CompressedVoxels {
  /** The file's name, for messages. */
  readonly name: string;
  /** The compressed bytes. */
  readonly bytes: Uint8Array;
  readonly format: 'gzip' | 'deflate';
  /** How many unpacked bytes `locate` needs. */
  readonly headerLength: number;
  /** Finds the voxels from the unpacked header; throws where the header is wrong. */
  readonly locate: (header: Uint8Array) => Extent;
}

/**
 * Unpacks to the end, which verifies the whole stream, and keeps the voxels alone: nothing is allocated that the
 * compressed bytes could not hold.
 *
 * @returns the voxels' bytes, in memory of their own
 * @throws ReadError when the stream is cut or damaged, or ends before the voxels do
 */
export async function decompressVoxels(task: CompressedVoxels, codecs: Codecs): Promise<Uint8Array> {
  const { name, bytes, format, headerLength, locate } = task;
  let header = new Uint8Array(0);
  let extent: Extent | undefined;
  let voxels = new Uint8Array(0);
  let position = 0;
  const start = (): void => {
    extent = locate(header);
    const possible = bytes.byteLength * MAXIMUM_DEFLATE_RATIO;
    if (extent.begin + extent.length > possible)
      throw tooShort(name, extent, `at most ${possible} can be packed in it`);
    if (extent.length > LARGE_BYTES && extent.length > bytes.byteLength * MAXIMUM_LARGE_RATIO) {
      throw new ReadError(
        name,
        `${name} would unpack to ${extent.length} bytes, more than ${MAXIMUM_LARGE_RATIO} times its size, as no CT does. If it is one, unpack it yourself and give the unpacked file.`,
      );
    }
    voxels = new Uint8Array(extent.length);
  };
  const keep = (piece: Uint8Array, at: number): void => {
    const from = Math.max(extent!.begin - at, 0);
    const to = Math.min(extent!.begin + extent!.length - at, piece.byteLength);
    if (from < to) voxels.set(piece.subarray(from, to), at + from - extent!.begin);
  };
  try {
    if (headerLength === 0) start();
    for await (const piece of (codecs.decompress ?? decompressOnTheWeb)(bytes, format)) {
      if (extent === undefined) {
        header = concatBytes([header, piece]);
        if (header.byteLength >= headerLength) {
          start();
          keep(header, 0);
        }
      } else keep(piece, position);
      position += piece.byteLength;
      if (extent !== undefined && position > extent.begin + extent.length + MAXIMUM_REST_BYTES) {
        throw new ReadError(
          name,
          `${name} is damaged: its header promises ${extent.begin + extent.length} bytes, but more than ${MAXIMUM_REST_BYTES} follow them. Copy or export it again.`,
        );
      }
    }
  } catch (error) {
    throw isLungsegError(error) ? error : damaged(task, error);
  }
  if (extent === undefined) {
    // The whole is shorter than the longest header.
    start();
    keep(header, 0);
  }
  if (position < extent!.begin + extent!.length) {
    throw tooShort(name, extent!, `only ${position} are packed in it`);
  }
  return voxels;
}

function tooShort(name: string, { begin, length }: Extent, received: string): ReadError {
  return new ReadError(
    name,
    `${name} is cut short: its header promises ${begin + length} bytes, but ${received}. Copy or download it again.`,
  );
}

function damaged({ name, bytes, format }: CompressedVoxels, cause: unknown): ReadError {
  const label = format === 'gzip' ? 'gzip' : 'zlib';
  const { code, message: reason } = cause as { code?: string; message?: string };
  const text = `${code} ${reason}`;
  const message = /unexpected end|truncat|Z_BUF_ERROR/i.test(text)
    ? `${name} is truncated: its ${label} stream ends after ${bytes.byteLength} bytes. Copy or download it again.`
    : `${name} is damaged: its ${label} stream fails its own checks. Copy or download it again.`;
  return new ReadError(name, message, { cause });
}
