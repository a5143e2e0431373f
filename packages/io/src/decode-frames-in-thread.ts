import { existsSync } from 'node:fs';
import type { VoxelArray } from '@lungseg/core';
import { besideThisFile, DecodingThreads } from './decoding-threads.js';
import type { CompressedFrame } from './read-options.js';

/** Decodes frames in threads that run a file. */
export function frameDecoder(file: string): (frames: readonly CompressedFrame[]) => Promise<VoxelArray[]> {
  const threads = new DecodingThreads<readonly CompressedFrame[], VoxelArray[]>(file);
  return (frames) => {
    // A view alone would be sent with all of its file.
    const own = frames.map((frame) => ({
      ...frame,
      fragments: frame.fragments.map((fragment) => new Uint8Array(fragment)),
    }));
    return threads.call(
      own,
      own.flatMap(({ fragments }) => fragments.map(({ buffer }) => buffer)),
    );
  };
}

/** Node 20 can't run a thread from TypeScript: run from the sources, frames are decoded in the thread that reads. */
const BUILT = besideThisFile('dicom-frame-worker.js');

/** Decodes frames of RLE and lossless JPEG in threads. */
export const decodeFramesInThread = existsSync(BUILT) ? frameDecoder(BUILT) : undefined;
