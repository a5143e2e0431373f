import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReadError } from '@lungseg/core';
import type { EncodedSlice } from './read-options.js';
import { withoutItkWasmChatter } from './itk-wasm-chatter.js';

/**
 * Decodes compressed DICOM slices to HU by itk-wasm (GDCM): RLE, JPEG baseline and lossless, JPEG-LS, JPEG 2000.
 *
 * The slices go through a folder of their own under the system's temporary one, numbered in the order given, as
 * itk-wasm in Node takes paths only.
 *
 * @param slices of one size and one rescale slope and intercept
 * @throws ReadError when itk-wasm can't decode them
 * @see https://docs.itk.org/projects/wasm/en/latest/
 */
export async function decodeSlicesWithItkWasm(slices: readonly EncodedSlice[]): Promise<ArrayLike<number>> {
  const { readImageDicomFileSeriesNode } = await import('@itk-wasm/dicom');
  const folder = await mkdtemp(join(tmpdir(), 'lungseg-'));
  try {
    const inputImages: string[] = [];
    for (const [index, { bytes }] of slices.entries()) {
      const path = join(folder, `${String(index).padStart(6, '0')}.dcm`);
      await writeFile(path, bytes);
      inputImages.push(path);
    }
    const { outputImage } = await withoutItkWasmChatter(() =>
      readImageDicomFileSeriesNode({ inputImages, singleSortedSeries: true }),
    );
    if (outputImage.data === null) throw new Error('itk-wasm gave no pixels');
    return outputImage.data as ArrayLike<number>;
  } catch (thrown) {
    const { name } = slices[0]!;
    // itk-wasm throws bare numbers, too.
    const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
    throw new ReadError(
      name,
      `${slices.length} compressed slices from ${name} on could not be decoded (${cause.message.trim()}). Export the series again, uncompressed.`,
      { cause },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
