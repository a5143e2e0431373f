// Decodes compressed DICOM slices by itk-wasm, which blocks the thread that calls it: so this is a worker thread.
// Plain JavaScript, so that Node runs it from src/ as from dist/.
//
// itk-wasm's function for Node loads and compiles its module at each call, which takes a third of the time of 32 slices, and
// takes files on disk. Its worker for browsers keeps the module and hands over files in memory; so does this one, by the
// functions that both are made of. They aren't exported: itk-wasm's version is pinned.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort } from 'node:worker_threads';

const require = createRequire(import.meta.url);
const folderOf = (name) => dirname(require.resolve(name));
const importFrom = async (...path) => (await import(pathToFileURL(join(...path)).href)).default;

const INTERNALS = join(folderOf('itk-wasm'), 'pipeline/internal');
const PIPELINE = join(folderOf('@itk-wasm/dicom'), 'pipelines/read-image-dicom-file-series');

const OUTPUTS = [{ type: 'Image' }, { type: 'JsonCompatible' }];

const [loadModule, runPipeline] = await Promise.all([
  importFrom(INTERNALS, 'load-emscripten-module-node.js'),
  importFrom(INTERNALS, 'run-pipeline-emscripten.js'),
]);
/** A module that failed is not used again: its thread then ends. */
const loading = loadModule(PIPELINE);

/**
 * The slices get names in the order given, which is kept.
 *
 * @param {readonly Uint8Array[]} files
 */
async function decode(files) {
  const module = await loading;
  const names = files.map((_, n) => `${String(n).padStart(6, '0')}.dcm`);
  const inputs = files.map((data, n) => ({ type: 'BinaryFile', data: { path: names[n], data } }));
  const args = ['0', '1', '--memory-io', '--input-images', ...names, '--single-sorted-series'];
  const { returnValue, stderr, outputs } = runPipeline(module, args, OUTPUTS, inputs);
  if (returnValue !== 0) throw new Error(stderr || `itk-wasm ended with ${returnValue}`);
  for (const name of names) module.fs_unlink(name);
  const { data } = outputs[0].data;
  if (data === null) throw new Error('itk-wasm gave no pixels');
  return data;
}

parentPort?.on('message', (files) => {
  decode(files).then(
    (data) => parentPort.postMessage({ data }),
    // itk-wasm throws bare numbers, too.
    (thrown) => parentPort.postMessage({ error: { message: String(thrown?.message ?? thrown).trim() } }),
  );
});
