import { type Duplex } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { decodeSlicesWithItkWasm, DECODING_THREADS } from './itk-wasm-codec.js';
import type { Codecs } from './read-options.js';

/** Large pieces are several times as fast as zlib's own 16 KiB. */
const PIECE_BYTES = 2 ** 20;

async function* decompress(bytes: Uint8Array, format: 'gzip' | 'deflate'): AsyncIterable<Uint8Array> {
  const options = { chunkSize: PIECE_BYTES };
  const stream: Duplex = format === 'gzip' ? createGunzip(options) : createInflate(options);
  stream.end(bytes);
  yield* stream as AsyncIterable<Uint8Array>;
}

/** What Node does: zlib for gzip, itk-wasm in threads for compressed DICOM. `readVolume` uses them by itself. */
export const nodeCodecs: Codecs = {
  decompress,
  decodeSlices: decodeSlicesWithItkWasm,
  concurrency: DECODING_THREADS,
};
