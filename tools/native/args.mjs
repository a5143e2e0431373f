/** The command line of `provision`. */

export const HELP = `Usage: nx run native:provision [--cpu | --gpu | --auto] [options]
       node tools/native/provision.mjs [--cpu | --gpu | --auto] [options]

Makes the native TensorFlow backend loadable. Built once into a cache directory,
then linked into node_modules; a second run only checks.

  --cpu       use the CPU library, even where an NVIDIA driver is found
  --gpu       use the GPU library and its CUDA 12 packages (5.4 GB on disk)
  --auto      choose by the machine again; --cpu and --gpu are remembered until then
  --verify    check the SHA-256 of every file made, not only sizes and times
  --force     build again, even if all is in place
  --retry     try again at once after a failure, which otherwise waits 10 minutes
  --strict    exit 1 when only the wasm backend is left, instead of 0
  --help      print this

Environment: LUNGSEG_CACHE_DIR (the cache, by default ~/.cache/lungseg),
PYTHON, CXX, PIP_* (passed on).
`;

const FLAGS = ['cpu', 'gpu', 'auto', 'verify', 'force', 'retry', 'strict', 'help'];

/**
 * @typedef {object} Options
 * @property {'cpu' | 'gpu' | 'auto' | undefined} variant what was asked for; undefined when nothing was
 * @property {boolean} verify
 * @property {boolean} force
 * @property {boolean} retry
 * @property {boolean} strict
 * @property {boolean} help
 */

/**
 * Parses the arguments. Nx forwards `--gpu` as `--gpu=true`, so both forms are taken.
 * @param {string[]} argv
 * @returns {Options}
 * @throws {Error} on an unknown argument, or on two variants at once
 */
export function parseArgs(argv) {
  /** @type {Set<string>} */
  const on = new Set();
  for (const arg of argv) {
    const [, flag = '', value] = /^--([a-z]+)(?:=(true|false))?$/.exec(arg === '-h' ? '--help' : arg) ?? [];
    if (!FLAGS.includes(flag)) {
      throw new Error(`expected one of ${FLAGS.map((f) => `--${f}`).join(', ')}. Received: ${arg}`);
    }
    if (value === 'false') on.delete(flag);
    else on.add(flag);
  }
  const variants = /** @type {const} */ (['cpu', 'gpu', 'auto']).filter((v) => on.has(v));
  if (variants.length > 1) {
    throw new Error(
      `expected one of --cpu, --gpu, --auto. Received: ${variants.map((v) => `--${v}`).join(' ')}`,
    );
  }
  return {
    variant: variants[0],
    verify: on.has('verify'),
    force: on.has('force'),
    retry: on.has('retry'),
    strict: on.has('strict'),
    help: on.has('help'),
  };
}
