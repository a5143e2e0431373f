// Decodes frames of RLE and lossless JPEG in a thread, for `decodeFramesInThread`.
import { parentPort } from 'node:worker_threads';
import { toErrorParts, type VoxelArray } from '@lungseg/core';
import { decodeFrame } from './dicom-frame.js';
import type { ThreadReply } from './decoding-threads.js';
import type { CompressedFrame } from './read-options.js';

parentPort!.on('message', (frames: readonly CompressedFrame[]) => {
  try {
    const data = frames.map((frame) => {
      const { rows, columns, bitsAllocated } = frame;
      return decodeFrame(frame, new Uint8Array((rows * columns * bitsAllocated) / 8));
    });
    const reply: ThreadReply<VoxelArray[]> = { data };
    parentPort!.postMessage(
      reply,
      data.map(({ buffer }) => buffer as ArrayBuffer),
    );
  } catch (error) {
    const reply: ThreadReply<VoxelArray[]> = { error: toErrorParts(error) };
    parentPort!.postMessage(reply);
  }
});
