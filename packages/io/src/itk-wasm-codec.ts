import { ReadError, type VoxelArray } from '@lungseg/core';
import { besideThisFile, DecodingThreads } from './decoding-threads.js';
import type { EncodedSlice } from './read-options.js';

/** The worker lies beside this file in src and in dist. */
const threads = new DecodingThreads<readonly Uint8Array[], VoxelArray>(besideThisFile('itk-wasm-worker.mjs'));

/**
 * Decodes compressed DICOM slices by itk-wasm (GDCM) in a thread of their own: lossy JPEG, JPEG-LS, JPEG 2000.
 *
 * @param slices of one size
 * @returns the numbers stored, one slice after the other
 * @throws ReadError when itk-wasm can't decode them
 * @see https://docs.itk.org/projects/wasm/en/latest/
 */
export async function decodeSlicesWithItkWasm(slices: readonly EncodedSlice[]): Promise<VoxelArray> {
  try {
    return await threads.call(slices.map(({ bytes }) => bytes));
  } catch (thrown) {
    const { name } = slices[0]!;
    const cause = thrown as Error;
    throw new ReadError(
      name,
      `${slices.length} compressed slices from ${name} on could not be decoded (${cause.message}). Export the series again, uncompressed.`,
      { cause },
    );
  }
}
