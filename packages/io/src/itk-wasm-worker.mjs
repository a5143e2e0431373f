// Decodes compressed DICOM slices by itk-wasm, which blocks the thread that calls it: so this is a worker thread.
// Plain JavaScript, so that Node runs it from src/ as from dist/.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { readImageDicomFileSeriesNode } from '@itk-wasm/dicom';

/**
 * The slices go through a folder of their own, numbered in the order given, as itk-wasm in Node takes paths only.
 *
 * @param {readonly Uint8Array[]} files
 */
async function decode(files) {
  const folder = await mkdtemp(join(tmpdir(), 'lungseg-'));
  try {
    const inputImages = files.map((_, n) => join(folder, `${String(n).padStart(6, '0')}.dcm`));
    for (const [n, path] of inputImages.entries()) await writeFile(path, files[n]);
    const { outputImage } = await readImageDicomFileSeriesNode({ inputImages, singleSortedSeries: true });
    if (outputImage.data === null) throw new Error('itk-wasm gave no pixels');
    return outputImage.data;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

parentPort?.on('message', (files) => {
  decode(files).then(
    (data) => parentPort.postMessage({ data }),
    // itk-wasm throws bare numbers, too.
    (thrown) => parentPort.postMessage({ error: String(thrown?.message ?? thrown).trim() }),
  );
});
