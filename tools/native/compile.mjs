/** Compiles the binding from the package's source, in a folder apart from node_modules. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { exec, lastLine } from './exec.mjs';
import { NAPI_VERSION } from './paths.mjs';

/**
 * Raised when what is added to the package's source changes, so that caches compile again.
 */
export const BINDING_REVISION = 1;

/**
 * TensorFlow's graphs say on stderr that a pass of theirs is off, by a logger that no environment variable reaches: this
 * is `absl::SetMinLogLevel(kError)`, where the library has it under that name.
 */
const QUIET = `
extern "C" void lungseg_set_min_log_level(int)
    __asm__("_ZN4absl12lts_2025012714SetMinLogLevelENS0_18LogSeverityAtLeastE") __attribute__((weak));
__attribute__((constructor)) static void lungseg_quiet() {
  if (lungseg_set_min_log_level != nullptr) lungseg_set_min_log_level(2);
}
`;

/**
 * Compiles `stage/tfjs_binding.node` over `stage/lib` and `stage/include`, and loads it once.
 *
 * node-gyp gets as arguments the three variables of binding.gyp that node-pre-gyp would set.
 * @param {import('./tools.mjs').Tools} tools
 * @param {string} packageDir
 * @param {string} stageDir
 * @throws {Error} with the compiler's or loader's reason
 */
export async function compileBinding(tools, packageDir, stageDir) {
  // make can't build under a path with spaces.
  const parent = /\s/.test(stageDir) ? os.tmpdir() : stageDir;
  const work = fs.mkdtempSync(path.join(parent, 'tfjs-binding-'));
  try {
    await build(tools, packageDir, stageDir, work);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @param {import('./tools.mjs').Tools} tools
 * @param {string} packageDir
 * @param {string} stageDir
 * @param {string} work
 */
async function build(tools, packageDir, stageDir, work) {
  fs.mkdirSync(path.join(work, 'deps'), { recursive: true });
  fs.cpSync(path.join(packageDir, 'binding'), path.join(work, 'binding'), { recursive: true });
  fs.appendFileSync(path.join(work, 'binding', 'tfjs_binding.cc'), QUIET);
  fs.copyFileSync(path.join(packageDir, 'binding.gyp'), path.join(work, 'binding.gyp'));
  fs.writeFileSync(path.join(work, 'package.json'), '{ "name": "tfjs-binding", "version": "0.0.0" }');
  for (const name of ['lib', 'include']) {
    fs.symlinkSync(path.join(stageDir, name), path.join(work, 'deps', name));
  }
  const args = [tools.nodeGyp, 'rebuild', '--loglevel=error', '--python', tools.python];
  args.push('--module_name=tfjs_binding', `--module_path=${path.join(work, 'lib', 'napi')}`);
  args.push(`--napi_build_version=${NAPI_VERSION}`);
  if (tools.nodeDir !== undefined) args.push(`--nodedir=${tools.nodeDir}`);
  const env = { ...process.env, CXX: tools.compiler, MAKE: tools.make };
  const { code, stdout, stderr, timedOut } = await exec(process.execPath, args, {
    cwd: work,
    env,
    timeoutMs: 15 * 60_000,
  });
  const built = path.join(work, 'lib', 'napi', 'tfjs_binding.node');
  if (code !== 0 || !fs.existsSync(built)) {
    throw new Error(`node-gyp failed: ${timedOut ? 'no end after 15 minutes' : lastLine(stderr || stdout)}`);
  }
  // Its rpath looks at ../../deps/lib, which from work/lib/napi is work/deps/lib.
  const load = await exec(process.execPath, ['-e', `require(${JSON.stringify(built)})`], {
    timeoutMs: 120_000,
  });
  if (load.code !== 0) throw new Error(`the binding does not load: ${lastLine(load.stderr)}`);
  fs.copyFileSync(built, path.join(stageDir, 'tfjs_binding.node'));
}
