import { type Duplex } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { decodeFramesInThread } from './decode-frames-in-thread.js';
import { DECODING_THREADS } from './decoding-threads.js';
import { decodeSlicesWithItkWasm } from './itk-wasm-codec.js';
import type { Codecs } from './read-options.js';

/** Large pieces are several times as fast as zlib's own 16 KiB. */
const PIECE_BYTES = 2 ** 20;

async function* decompress(bytes: Uint8Array, format: 'gzip' | 'deflate'): AsyncIterable<Uint8Array> {
  const options = { chunkSize: PIECE_BYTES };
  const stream: Duplex = format === 'gzip' ? createGunzip(options) : createInflate(options);
  stream.end(bytes);
  yield* stream as AsyncIterable<Uint8Array>;
}

/** What Node does: zlib for gzip, threads for compressed DICOM, with itk-wasm where it isn't RLE or lossless JPEG. `readVolume` uses them by itself. */
export const nodeCodecs: Codecs = {
  decompress,
  decodeSlices: decodeSlicesWithItkWasm,
  ...(decodeFramesInThread === undefined ? {} : { decodeFrames: decodeFramesInThread }),
  concurrency: DECODING_THREADS,
};
